/// A key of swift-configuration, and the environment variable that says the same without it.
package struct ConfigurationKey: Sendable {
    /// The key below `hoofprint`: `fileBytes`. Its variable by swift-configuration's own rule is `HOOFPRINT_FILE_BYTES`.
    package let name: String
    /// The variable that Hoofprint reads: `HOOFPRINT_FILE_BYTES`.
    package let variable: String
    /// Whether its values are `on` and `off`, so that true and false mean them too.
    package var isSwitch: Bool { variable == "HOOFPRINT_SIGNALS" }

    /// The whole key: `hoofprint.fileBytes`.
    package var path: String { "hoofprint.\(name)" }

    /// All keys.
    package static let all = [
        ConfigurationKey(name: "mode", variable: "HOOFPRINT"),
        ConfigurationKey(name: "sink", variable: "HOOFPRINT_SINK"),
        ConfigurationKey(name: "flush", variable: "HOOFPRINT_FLUSH"),
        ConfigurationKey(name: "slowest", variable: "HOOFPRINT_SLOWEST"),
        ConfigurationKey(name: "open", variable: "HOOFPRINT_OPEN"),
        ConfigurationKey(name: "memory", variable: "HOOFPRINT_MEMORY"),
        ConfigurationKey(name: "ring", variable: "HOOFPRINT_RING"),
        ConfigurationKey(name: "signals", variable: "HOOFPRINT_SIGNALS"),
        ConfigurationKey(name: "clock", variable: "HOOFPRINT_CLOCK"),
        ConfigurationKey(name: "attributes", variable: "HOOFPRINT_ATTRIBUTES"),
        ConfigurationKey(name: "redact", variable: "HOOFPRINT_REDACT"),
        ConfigurationKey(name: "waits", variable: "HOOFPRINT_WAITS"),
        ConfigurationKey(name: "sample", variable: "HOOFPRINT_SAMPLE"),
        ConfigurationKey(name: "fileBytes", variable: "HOOFPRINT_FILE_BYTES"),
        ConfigurationKey(name: "files", variable: "HOOFPRINT_FILES"),
    ]
}
