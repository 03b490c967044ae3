import Foundation
import PackagePlugin

/// `swift package instrument …`: wraps the functions of this package in spans, in a copy, and builds that.
///
/// The work is done by `scripts/instrument` of Hoofprint's package, which compiles its tool on first use with the SwiftSyntax
/// that the toolchain has; it is kept in the plug-in's own folder.
@main
struct InstrumentCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        guard let hoofprint = hoofprint(context.package) else { throw NoHoofprint() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments =
            [
                hoofprint.appendingPathComponent("scripts/instrument").path,
                "--package-path", context.package.directoryURL.path,
            ] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["HOOFPRINT_TOOLS": context.pluginWorkDirectoryURL.path]) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw InstrumentFailed(status: process.terminationStatus)
        }
    }

    /// The folder of the package that this plug-in is of.
    private func hoofprint(_ package: Package) -> URL? {
        if package.targets.contains(where: { $0.name == "HoofprintAutostart" }) { return package.directoryURL }
        for dependency in package.dependencies {
            if let found = hoofprint(dependency.package) { return found }
        }
        return nil
    }
}

/// The tool ended with a status other than 0; what was wrong stands on standard error already.
struct InstrumentFailed: Error, CustomStringConvertible {
    let status: Int32
    var description: String { "instrument ended with status \(status)" }
}

/// The package that this plug-in is of is not among the package's dependencies.
struct NoHoofprint: Error, CustomStringConvertible {
    let description = "Hoofprint's package is not among the dependencies; is it in Package.swift?"
}
