import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's open descriptors by kind: what `lsof -p` shows, counted. Which there are is in `/proc/thread-self/fd` (proc(5)), of
/// which kind says statx(2); some 0.5 µs a descriptor, the first ``maximumDescriptors`` are looked at.
public struct DescriptorProbe: Probe {
    /// `descriptors`.
    public let name = "descriptors"

    /// Beyond this many, descriptors are only counted, as `unread`.
    public static let maximumDescriptors = 500

    /// Makes the probe.
    public init() {}

    /// Reads how many `files` (and folders), `sockets`, `pipes` and `others` (event descriptors, timers, devices) are open,
    /// and how many are `unread`: open too, and not looked at. Of those at most 1,000 are counted.
    public func read() -> [ProbeCounter] {
        guard let folder = NumberedFolder.descriptors() else { return [] }
        var files: UInt64 = 0
        var sockets: UInt64 = 0
        var pipes: UInt64 = 0
        var others: UInt64 = 0
        let unread = folder.forEach(but: folder.descriptor, maximum: Self.maximumDescriptors) { number in
            switch hp_descriptor_type(number) {
            case Int32(S_IFREG), Int32(S_IFDIR), Int32(S_IFBLK): files += 1
            case Int32(S_IFSOCK): sockets += 1
            case Int32(S_IFIFO): pipes += 1
            // Closed meanwhile.
            case -1: break
            default: others += 1
            }
        }
        return [
            ProbeCounter(name: "files", value: files), ProbeCounter(name: "sockets", value: sockets),
            ProbeCounter(name: "pipes", value: pipes), ProbeCounter(name: "others", value: others),
            ProbeCounter(name: "unread", value: unread),
        ]
    }
}
