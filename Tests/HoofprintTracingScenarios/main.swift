// Programs that the tests of HoofprintTracing run as processes of their own, one by name, to read what they log.
// Instrumentation, logging and recording are each set up once a process.

import Hoofprint
import HoofprintTracing
import Logging
import Tracing

LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .hoofprint)
HoofprintSystem.bootstrap()
InstrumentationSystem.bootstrap(HoofprintTracer())

let scenario = CommandLine.arguments.dropFirst().first ?? ""
switch scenario {
case "nesting": await Nesting.run()
case "lifecycle": await Lifecycle.run()
case "facts": Facts.run()
case "names": Names.run()
case "hung": Lifecycle.hang()
case "server": try await Server.run()
case "client": try await Client.run(CommandLine.arguments[2])
default: fatalError("no scenario '\(scenario)'")
}
HoofprintSystem.shutdown()
