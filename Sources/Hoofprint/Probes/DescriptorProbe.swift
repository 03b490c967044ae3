import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's open descriptors by kind: what `lsof -p` shows, counted. Asks statx(2) for each; some 0.4 µs a descriptor,
/// at most ``maximumDescriptors`` of them.
public struct DescriptorProbe: Probe {
    /// `descriptors`.
    public let name = "descriptors"

    /// Descriptors whose number is not below this are only counted, as `unread`.
    public static let maximumDescriptors = OpenDescriptors.maximum

    /// Makes the probe.
    public init() {}

    /// Reads how many `files` (and folders), `sockets`, `pipes` and `others` (event descriptors, timers, devices) are open,
    /// and, from Linux 6.2 on, how many are `unread`: open too, and not looked at.
    public func read() -> [ProbeCounter] {
        var files: UInt64 = 0
        var sockets: UInt64 = 0
        var pipes: UInt64 = 0
        var others: UInt64 = 0
        let unread = OpenDescriptors.forEach { number in
            switch hp_descriptor_type(number) {
            case -1: return false
            case Int32(S_IFREG), Int32(S_IFDIR), Int32(S_IFBLK): files += 1
            case Int32(S_IFSOCK): sockets += 1
            case Int32(S_IFIFO): pipes += 1
            default: others += 1
            }
            return true
        }
        let counters = [
            ProbeCounter(name: "files", value: files), ProbeCounter(name: "sockets", value: sockets),
            ProbeCounter(name: "pipes", value: pipes), ProbeCounter(name: "others", value: others),
        ]
        return counters + (unread.map { [ProbeCounter(name: "unread", value: $0)] } ?? [])
    }
}
