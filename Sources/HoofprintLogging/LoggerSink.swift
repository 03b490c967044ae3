import Hoofprint
import Logging
import Synchronization

/// Hands records to a swift-log `Logger`, so that they go where the program's log goes.
///
/// ```swift
/// LoggingSystem.bootstrap(StreamLogHandler.standardError)
/// HoofprintSystem.bootstrap(
///     HoofprintSystem.Configuration(sinks: [LoggerSink(Logger(label: "hoofprint"))]))
/// ```
///
/// Each record is one message, a line of plain ASCII without white space in its values. The handler may put a time stamp, a
/// level, metadata before it, or wrap it as a JSON string: `trace-report` reads it from there. A handler that puts something
/// else *behind* the message, cuts it, or writes `/` as `\/` (Foundation's `JSONEncoder` does, unless it is told
/// `withoutEscapingSlashes`), makes records that are not accepted. The logger's metadata are written with every record, so
/// give this sink a logger of its own.
///
/// The flush thread calls the handler, one message at a time. A handler that blocks delays the next flush and nobody
/// else; ``/Hoofprint/HoofprintSystem/flush()`` and ``/Hoofprint/HoofprintSystem/shutdown()`` wait for it two seconds
/// at most. A handler that calls one of them makes itself wait so long. What a handler loses without telling is not
/// counted: swift-log has no way to tell. A crash's open spans are not written, since no handler may run in a signal
/// handler: put a second sink beside this one for them.
public struct LoggerSink: Sink {
    private let logger: Logger
    private let level: Logger.Level
    private let isTold = Told()

    private final class Told: Sendable {
        let flag = Atomic(false)
    }

    /// Makes a sink.
    ///
    /// - Parameters:
    ///   - logger: Takes the records. Where its own level is above `level` it would throw them away: then they are counted
    ///     as lost, and that is told once on standard error.
    ///   - level: The level that they are logged at.
    public init(_ logger: Logger, level: Logger.Level = .info) {
        self.logger = logger
        self.level = level
    }

    /// Logs each line as a message. Allocates a string a line.
    public func write(_ lines: UnsafeRawBufferPointer) -> Int {
        guard logger.logLevel <= level else {
            if !isTold.flag.exchange(true, ordering: .relaxed) { tellThatNothingIsLogged() }
            return 0
        }
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            logger.log(level: level, "\(String(decoding: line, as: UTF8.self))", source: "Hoofprint")
        }
        return lines.count
    }

    private func tellThatNothingIsLogged() {
        Diagnostics.say(
            "the logger '\(logger.label)' has level '\(logger.logLevel)' and throws records of level '\(level)' away; lower "
                + "its level, or give LoggerSink a higher one")
    }
}
