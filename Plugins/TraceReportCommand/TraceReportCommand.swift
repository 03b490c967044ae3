import Foundation
import PackagePlugin

/// `swift package trace-report LOG…`: the command trace-report, at hand in every package that depends on Hoofprint.
@main
struct TraceReportCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
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
