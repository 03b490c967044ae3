// Programs that the tests of Hoofprint run as processes of their own, one by name, to read what they log.
// Hoofprint is set up once a process, and some of these end in ways that a test process must not.

import Hoofprint

guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] ?? probeScenarios[name] else {
    let names = (Array(scenarios.keys) + probeScenarios.keys).sorted()
    print("usage: hoofprint-scenarios NAME; one of \(names.joined(separator: " "))")
    HoofprintSystem.shutdown()
    exitProcess(2)
}
await scenario()
HoofprintSystem.shutdown()
