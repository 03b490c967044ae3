/// Bytes and calls that the process read and wrote: what `strace -c` and iotop show, in sum. From `/proc/self/io` (proc(5),
/// `do_io_accounting` in the kernel's fs/proc/base.c); some 7 µs a reading, and more with the number of threads.
public struct IOProbe: Probe {
    /// `io`.
    public let name = "io"

    /// Makes the probe.
    public init() {}

    /// Reads the kernel's numbers by its names, all cumulative: `rchar` and `wchar`, the bytes that read(2), write(2) and
    /// their like moved, from files, pipes and sockets alike (recv(2) and send(2) do not count); `syscr` and `syscw`, the
    /// number of those calls; `read_bytes` and `write_bytes`, what went from and to storage. What the probes read themselves
    /// is among them.
    public func read() -> [ProbeCounter] {
        ProcText.reading("/proc/self/io") { Self.counters(&$0) } ?? []
    }

    private static let names: [StaticString] = ["rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes"]

    static func counters(_ text: inout ProcText) -> [ProbeCounter] {
        var counters: [ProbeCounter] = []
        counters.reserveCapacity(names.count)
        while let line = text.line() {
            for name in names {
                var rest = line
                guard rest.skip(name), rest.skip(":"), let value = rest.number() else { continue }
                counters.append(ProbeCounter(name: "\(name)", value: value))
            }
        }
        return counters
    }
}
