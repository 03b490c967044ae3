// Runs a program with the agent preloaded; or says why that would sample nothing.

import PackageVersion

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

do {
    switch try LaunchRequest(arguments: Array(CommandLine.arguments.dropFirst())) {
    case .help:
        print(LaunchRequest.helpText)
    case .version:
        print("hoofprint-agent \(packageVersion)")
    case .run(let launch):
        try launch.run()
    }
} catch {
    StandardError.say(error.message)
    exit(error.status)
}
