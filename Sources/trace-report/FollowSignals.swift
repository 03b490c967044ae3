#if Tools
import Dispatch
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The signals that come while logs are followed, as bytes of a pipe that poll(2) can wait for.
final class FollowSignals {
    /// What can be read when a signal has come.
    let descriptor: Int32
    private let sources: [any DispatchSourceSignal]

    /// Catches signals from now on, except those that this process was told to ignore, as by nohup.
    init(_ numbers: [Int32]) throws(LogReadError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw LogReadError(name: "(signals)", operation: "open", errorNumber: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        descriptor = readEnd
        sources = numbers.filter { !Self.isIgnored($0) }.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                var byte = UInt8(number)
                // A pipe that is full has enough to wake its reader.
                _ = write(writeEnd, &byte, 1)
            }
            source.resume()
            return source
        }
    }

    /// Returns the signals that have come since.
    func take() -> Set<Int32> {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return Set(bytes.prefix(max(0, count)).map { Int32($0) })
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
#endif
