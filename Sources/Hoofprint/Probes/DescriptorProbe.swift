#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's open descriptors by kind: what `lsof -p` shows, counted. From `/proc/self/fd` (proc(5)); some 1.5 µs a
/// descriptor, the first ``maximumDescriptors`` are looked at.
public struct DescriptorProbe: Probe {
    /// `descriptors`.
    public let name = "descriptors"

    /// Beyond this many, descriptors are only counted, as `unread`.
    public static let maximumDescriptors = 500

    /// Makes the probe.
    public init() {}

    /// Reads how many `files`, `sockets`, `pipes` and `others` (event descriptors, timers, devices) are open, and how many
    /// are `unread`: open too, of no known kind, at most 5,000 of them counted.
    public func read() -> [ProbeCounter] {
        guard let folder = NumberedFolder("/proc/self/fd") else { return [] }
        var files: UInt64 = 0
        var sockets: UInt64 = 0
        var pipes: UInt64 = 0
        var others: UInt64 = 0
        let unread = folder.forEach(maximum: Self.maximumDescriptors) { number in
            guard number != folder.descriptor else { return }
            switch Self.kind(of: number, in: folder.descriptor) {
            case .file: files += 1
            case .socket: sockets += 1
            case .pipe: pipes += 1
            case .other: others += 1
            case nil: break
            }
        }
        return [
            ProbeCounter(name: "files", value: files), ProbeCounter(name: "sockets", value: sockets),
            ProbeCounter(name: "pipes", value: pipes), ProbeCounter(name: "others", value: others),
            ProbeCounter(name: "unread", value: unread),
        ]
    }

    private enum Kind { case file, socket, pipe, other }

    /// By what the link says: `/a/path`, `socket:[inode]`, `pipe:[inode]`, `anon_inode:[eventpoll]`. Nil: it was closed
    /// meanwhile, or is one of `/proc`.
    private static func kind(of number: Int32, in folder: Int32) -> Kind? {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { room in
            guard let start = room.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
            let count = readlinkat(folder, "\(number)", start, room.count)
            guard count > 0 else { return nil }
            let target = ProcText(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
            if target.hasPrefix("socket:") { return .socket }
            if target.hasPrefix("pipe:") { return .pipe }
            if target.hasPrefix("/proc/") { return nil }
            return target.hasPrefix("/") && !target.hasPrefix("/dev/") ? .file : .other
        }
    }
}
