// Programs that the tests of HoofprintLogging run as processes of their own, one by name, to read what they log.
// Logging and Hoofprint are each set up once a process.

import Hoofprint
import HoofprintLogging
import Logging
import Synchronization

/// Does work under spans while two tasks log lines of their own.
func work() async {
    let logger = Logger(label: "server")
    await withTaskGroup(of: Void.self) { group in
        for task in 0..<2 {
            group.addTask {
                for line in 0..<100 {
                    span("request") { span("step") {} }
                    logger.info("line \(line) of task \(task)")
                    if line.isMultiple(of: 25) { HoofprintSystem.flush() }
                }
            }
        }
    }
}

/// Traces itself, and once does what a handler must not.
struct CarelessHandler: LogHandler {
    static let hasFlushed = Atomic(false)
    var handler: StreamLogHandler

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }
    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        span("log") { handler.log(event: event) }
        // A record: this is the flush thread, which then waits for itself.
        if event.source == "Hoofprint", !Self.hasFlushed.exchange(true, ordering: .relaxed) { HoofprintSystem.flush() }
    }
}

var level = Logger.Level.info
switch CommandLine.arguments.dropFirst().first {
case "stream": LoggingSystem.bootstrap(StreamLogHandler.standardError)
case "multiplex":
    LoggingSystem.bootstrap { label in
        MultiplexLogHandler([
            StreamLogHandler.standardError(label: label), StreamLogHandler.standardOutput(label: label),
        ])
    }
case "filtered":
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    level = .warning
case "careless":
    LoggingSystem.bootstrap { CarelessHandler(handler: StreamLogHandler.standardError(label: $0)) }
default: fatalError("usage: hoofprint-logging-scenarios stream|multiplex|filtered|careless")
}
var logger = Logger(label: "hoofprint")
logger.logLevel = level
logger[metadataKey: "service"] = "red"
HoofprintSystem.bootstrap(
    HoofprintSystem.Configuration(sinks: [LoggerSink(logger)], flushSeconds: 3600, watchesSignals: false))
await work()
HoofprintSystem.shutdown()
