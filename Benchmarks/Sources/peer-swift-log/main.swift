// swift-log's row of the table of peers: a line before and a line after, with the stock handler, on standard error.

import CMeasure
import Foundation
import Logging

LoggingSystem.bootstrap(StreamLogHandler.standardError)
exit(measure_run("swift-log, two lines", spans, 20_000, CommandLine.argc, CommandLine.unsafeArgv))
