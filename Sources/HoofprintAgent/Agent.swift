// The agent: a library that is preloaded into a program, which it samples. The C target CHoofprintAgent starts it, on a thread
// of its own.

import CHoofprintAgent
import Hoofprint

/// What the variables say that stood in the environment when the program began; nothing but stacks is recorded.
private let configuration: HoofprintSystem.Configuration = {
    var configuration = HoofprintSystem.Configuration.described { name in
        hp_agent_variable(name).map { String(cString: $0) }
    }
    // A program's own Hoofprint may keep its memory in the file of that name; and the agent's holds no spans.
    configuration.ring = .off
    configuration.samplers = configuration.samplers.compactMap { sampler in
        (sampler as? StackSampler).map {
            StackSampler(samplesPerSecond: $0.samplesPerSecond, mode: $0.mode, findsSpans: false)
        }
    }
    return configuration
}()

@_cdecl("hp_agent_bootstrap")
func bootstrapAgent() -> Bool {
    guard !configuration.samplers.isEmpty else { return false }
    var begun = configuration
    // The agent watches signals itself, later.
    begun.watchesSignals = false
    HoofprintSystem.bootstrap(begun)
    return HoofprintSystem.isRecording
}

@_cdecl("hp_agent_begin_again")
func beginAgainInChild() -> Bool {
    HoofprintSystem.isRecording = true
    return HoofprintSystem.isRecording
}

@_cdecl("hp_agent_watches_signals")
func agentWatchesSignals() -> Bool { configuration.watchesSignals }
