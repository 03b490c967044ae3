// Programs that the tests of Hoofprint run as processes of their own, one by name, to read what they log.
// Hoofprint is set up once a process, and some of these end in ways that a test process must not.

import Hoofprint

guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] ?? probeScenarios[name] else {
    print("usage: hoofprint-scenarios NAME; one of \((scenarios.keys + probeScenarios.keys).sorted().joined(separator: " "))")
    HoofprintSystem.shutdown()
    exitProcess(2)
}
await scenario()
HoofprintSystem.shutdown()
