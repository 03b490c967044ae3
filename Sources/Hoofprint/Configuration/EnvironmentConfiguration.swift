/// The variables that describe a configuration.
package enum ProcessEnvironment {
    /// The variables whose configuration this module reads.
    package static let names = [
        "HOOFPRINT", "HOOFPRINT_SINK", "HOOFPRINT_FLUSH", "HOOFPRINT_SLOWEST", "HOOFPRINT_OPEN", "HOOFPRINT_MEMORY",
        "HOOFPRINT_RING", "HOOFPRINT_SIGNALS", "HOOFPRINT_CLOCK", "HOOFPRINT_ATTRIBUTES", "HOOFPRINT_FILE_BYTES",
        "HOOFPRINT_FILES", "HOOFPRINT_WAITS", "HOOFPRINT_SAMPLE",
    ]

    static func variables(_ value: (String) -> String?) -> [String: String] {
        var variables: [String: String] = [:]
        for name in names { variables[name] = value(name) }
        return variables
    }
}

/// Reads `HOOFPRINT_*` variables.
struct EnvironmentConfiguration {
    private(set) var configuration = HoofprintSystem.Configuration()
    private(set) var wrongSettings: [WrongSetting] = []
    private let variables: [String: String]

    /// What is told of the settings that cannot be read.
    var problems: [String] { wrongSettings.map { "\($0.description); using \($0.used)" } }

    static func read(_ variables: [String: String]) -> EnvironmentConfiguration {
        var reading = EnvironmentConfiguration(variables: variables)
        reading.readMode()
        reading.readSinks()
        reading.readNumbers()
        reading.readRing()
        reading.readClock()
        reading.readAttributes()
        reading.readSamplers()
        return reading
    }

    private init(variables: [String: String]) {
        self.variables = variables
    }

    private mutating func readMode() {
        guard let value = variables["HOOFPRINT"], !value.isEmpty else { return }
        if let mode = HoofprintSystem.Configuration.Mode(rawValue: value) {
            configuration.mode = mode
        } else {
            let known = HoofprintSystem.Configuration.Mode.allCases.map(\.rawValue).joined(separator: ", ")
            problem("HOOFPRINT", value, "is none of \(known)", "aggregate")
        }
    }

    private mutating func readClock() {
        guard let value = variables["HOOFPRINT_CLOCK"], !value.isEmpty else { return }
        if let clock = HoofprintSystem.Configuration.Clock(rawValue: value) {
            configuration.clock = clock
        } else {
            problem("HOOFPRINT_CLOCK", value, "is none of auto, monotonic", "auto")
        }
    }

    private mutating func readSinks() {
        let fileBytes = number("HOOFPRINT_FILE_BYTES", in: 4096...(1 << 40), default: 0)
        let files = number("HOOFPRINT_FILES", in: 1...1000, default: 5)
        guard let value = variables["HOOFPRINT_SINK"], !value.isEmpty else { return }
        var sinks: [any Sink] = []
        for name in value.split(separator: ",") {
            if name == "stderr" {
                sinks.append(StandardErrorSink())
            } else if name.hasPrefix("file:"), name.count > 5 {
                sinks.append(FileSink(path: String(name.dropFirst(5)), maximumBytes: fileBytes, keptFiles: files))
            } else if let daemon = Self.daemonSink(name) {
                sinks.append(daemon)
            } else if name != "none" {
                let known = "stderr, file:PATH, journald, syslog, none"
                problem("HOOFPRINT_SINK", String(name), "is none of \(known)", "stderr")
                sinks.append(StandardErrorSink())
            }
        }
        configuration.sinks = sinks
    }

    /// Returns the sink that `journald` or `syslog` names, perhaps with `:SOCKET`.
    private static func daemonSink(_ name: Substring) -> (any Sink)? {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || !parts[1].isEmpty else { return nil }
        let socket = parts.count == 1 ? nil : String(parts[1])
        switch parts[0] {
        case "journald": return JournaldSink(socketPath: socket ?? JournaldSink.defaultSocketPath)
        case "syslog": return SyslogSink(socketPath: socket ?? SyslogSink.defaultSocketPath)
        default: return nil
        }
    }

    private mutating func readNumbers() {
        configuration.flushSeconds = seconds("HOOFPRINT_FLUSH", upTo: 3600)
        configuration.openSeconds = seconds("HOOFPRINT_OPEN", upTo: 86_400)
        configuration.slowest = number("HOOFPRINT_SLOWEST", in: 0...100, default: 3)
        configuration.memoryBytes = number("HOOFPRINT_MEMORY", in: (1 << 20)...(1 << 40), default: 16 << 20)
    }

    private mutating func readRing() {
        switch variables["HOOFPRINT_RING"] {
        case nil, "": break
        case "off": configuration.ring = .off
        case .some(let path): configuration.ring = .path(path)
        }
        switch variables["HOOFPRINT_SIGNALS"] {
        case nil, "", "on": break
        case "off": configuration.watchesSignals = false
        case .some(let value): problem("HOOFPRINT_SIGNALS", value, "is none of on, off", "on")
        }
    }

    private mutating func readAttributes() {
        switch variables["HOOFPRINT_ATTRIBUTES"] {
        case nil, "", "off": break
        case "all": configuration.attributes = .all
        case .some(let keys): configuration.attributes = .only(Set(keys.split(separator: ",").map(String.init)))
        }
    }

    private mutating func readSamplers() {
        let looks = variables["HOOFPRINT_WAITS"] == "off" ? 0 : number("HOOFPRINT_WAITS", in: 0...1000, default: 0)
        if looks > 0 { configuration.samplers.append(WaitSampler(looksPerSecond: looks)) }
        readStackSampler()
    }

    /// Reads `99`, `99:cpu`, `99:wall`, `off`.
    private mutating func readStackSampler() {
        guard let text = variables["HOOFPRINT_SAMPLE"], !text.isEmpty, text != "off" else { return }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let mode = parts.count == 1 ? .cpu : StackSampler.Mode(rawValue: String(parts[1]))
        guard let mode, let rate = Int(parts[0]), (1...(mode == .cpu ? 10_000 : 1000)).contains(rate) else {
            let known = "off, 1 to 10000 samples a second, or such a number with :cpu or (up to 1000) :wall"
            problem("HOOFPRINT_SAMPLE", text, "is none of \(known)", "off")
            return
        }
        configuration.samplers.append(StackSampler(samplesPerSecond: rate, mode: mode))
    }

    /// Reads a number of seconds from 0.05 on; 10 by default.
    private mutating func seconds(_ name: String, upTo maximum: Int) -> Double {
        guard let text = variables[name], !text.isEmpty else { return 10 }
        if let seconds = Double(text), seconds >= 0.05, seconds <= Double(maximum) { return seconds }
        problem(name, text, "is no number of seconds from 0.05 to \(maximum)", "10")
        return 10
    }

    /// Reads a number of bytes or things; `K`, `M`, `G`, `KiB`, `MiB`, `GiB` stand for powers of 1024.
    private mutating func number(_ name: String, in range: ClosedRange<Int>, default value: Int) -> Int {
        guard let text = variables[name], !text.isEmpty else { return value }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts = ["": 0, "k": 10, "m": 20, "g": 30]
        var unit = text.dropFirst(digits.count).lowercased()
        if unit.hasSuffix("ib") { unit.removeLast(2) }
        if let number = Int(digits), let shift = shifts[unit.trimmingPrefix(" ").lowercased()] {
            let scaled = number.multipliedReportingOverflow(by: 1 << shift)
            if !scaled.overflow, range.contains(scaled.partialValue) { return scaled.partialValue }
        }
        problem(name, text, "is no number from \(range.lowerBound) to \(range.upperBound)", String(value))
        return value
    }

    private mutating func problem(_ name: String, _ value: String, _ complaint: String, _ used: String) {
        wrongSettings.append(WrongSetting(variable: name, value: value, complaint: complaint, used: used))
    }
}

/// A setting that cannot be read.
package struct WrongSetting: Sendable, Equatable {
    /// The variable: `HOOFPRINT_FLUSH`.
    package var variable: String
    /// What it was set to.
    package var value: String
    /// What is wrong, with what is allowed: `is no number of seconds from 0.05 to 3600`.
    package var complaint: String
    /// What is used instead.
    package var used: String

    /// The variable, its value and what is wrong with it.
    package var description: String { description(named: variable) }

    /// The same under another name than the variable's.
    package func description(named name: String) -> String {
        "\(name)='\(Diagnostics.printable(value))' \(complaint)"
    }
}
