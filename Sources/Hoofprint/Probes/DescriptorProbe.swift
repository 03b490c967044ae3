#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The process's open descriptors by kind: what `lsof -p` shows, counted. From `/proc/self/fd` (proc(5)); some 2 µs a
/// descriptor, the first ``maximumDescriptors`` are looked at.
public struct DescriptorProbe: Probe {
    /// `descriptors`.
    public let name = "descriptors"

    /// Beyond this many the counts are lower bounds.
    public static let maximumDescriptors = 1000

    /// Makes the probe.
    public init() {}

    /// Reads how many `files`, `sockets`, `pipes` and `others` are open.
    public func read() -> [ProbeCounter] {
        guard let folder = opendir("/proc/self/fd") else { return [] }
        defer { closedir(folder) }
        var files: UInt64 = 0
        var sockets: UInt64 = 0
        var pipes: UInt64 = 0
        var others: UInt64 = 0
        for _ in 0..<Self.maximumDescriptors {
            guard let entry = readdir(folder) else { break }
            let target = Self.target(of: entry, in: dirfd(folder))
            if target.hasPrefix("socket:") {
                sockets += 1
            } else if target.hasPrefix("pipe:") {
                pipes += 1
            } else if target.hasPrefix("anon_inode:") || target.hasPrefix("/dev/") {
                others += 1
            } else if target.hasPrefix("/"), !target.hasPrefix("/proc/") {
                files += 1
            }
        }
        return [
            ProbeCounter(name: "files", value: files), ProbeCounter(name: "sockets", value: sockets),
            ProbeCounter(name: "pipes", value: pipes), ProbeCounter(name: "others", value: others),
        ]
    }

    private static func target(of entry: UnsafeMutablePointer<dirent>, in folder: Int32) -> String {
        withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                var buffer = [UInt8](repeating: 0, count: 64)
                let count = buffer.withUnsafeMutableBytes {
                    guard let start = $0.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
                    return readlinkat(folder, name, start, $0.count)
                }
                return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
            }
        }
    }
}
