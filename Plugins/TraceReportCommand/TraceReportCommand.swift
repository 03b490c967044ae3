import Foundation
import PackagePlugin

/// `swift package trace-report LOG…`: the command trace-report, at hand in every package that depends on Hoofprint.
///
/// Paths are taken from the folder the user is in. SwiftPM itself ends with 0 or 1 only; the message names the status.
@main
struct TraceReportCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        // SwiftPM talks with a plug-in over its standard input, so the log cannot come that way.
        guard !arguments.contains("-") else { throw NoStandardInput() }
        let process = Process()
        process.executableURL = try context.tool(named: "trace-report").url
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw TraceReportFailed(status: process.terminationStatus)
        }
    }
}

/// trace-report ended with a status other than 0; what was wrong stands on standard error already.
struct TraceReportFailed: Error, CustomStringConvertible {
    let status: Int32
    var description: String { "trace-report ended with status \(status)" }
}

/// `-` was given.
struct NoStandardInput: Error, CustomStringConvertible {
    let description =
        "'-': a command of swift package has no standard input; name a file, or run the product trace-report itself"
}
