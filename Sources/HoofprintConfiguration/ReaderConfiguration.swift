import Configuration
import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension HoofprintSystem.Configuration {
    /// Reads the configuration from swift-configuration's providers, below the key `hoofprint`; see <doc:HoofprintConfiguration>
    /// for all keys.
    ///
    /// ```swift
    /// let config = ConfigReader(providers: [
    ///     EnvironmentVariablesProvider(), try await FileProvider<JSONSnapshot>(filePath: "server.json"),
    /// ])
    /// HoofprintSystem.bootstrap(try HoofprintSystem.Configuration(config))
    /// ```
    ///
    /// A key that no provider has is read from its environment variable (`HOOFPRINT_FLUSH` for `hoofprint.flush`), so that
    /// what is documented for every Hoofprint program holds for this one too; then comes the default.
    ///
    /// - Parameter reader: Reads the settings, now and once; changes of reloading providers are not followed.
    /// - Throws: ``WrongSettings``, all of them, where values cannot be read: nothing is guessed.
    public init(_ reader: ConfigReader) throws(WrongSettings) {
        try self.init(reader) { getenv($0).map { String(cString: $0) } }
    }

    /// Reads it with the environment that `variable` gives the variables of.
    package init(_ reader: ConfigReader, variable: (String) -> String?) throws(WrongSettings) {
        let scope = reader.scoped(to: "hoofprint")
        var settings: [String: String] = [:]
        var names: [String: String] = [:]
        for key in ConfigurationKey.all {
            let text = Self.text(of: key, in: scope)
            names[key.variable] = text == nil ? key.variable : key.path
            settings[key.variable] = text ?? variable(key.variable)
        }
        let (configuration, wrong) = Self.reading(settings)
        guard wrong.isEmpty else {
            throw WrongSettings(
                complaints: wrong.map { $0.description(named: names[$0.variable] ?? $0.variable) })
        }
        self = configuration
    }

    /// A value as text, whatever type its provider has it in: JSON has numbers and lists, the environment has texts. A switch
    /// may be true or false. Nil: no provider has it.
    private static func text(of setting: ConfigurationKey, in reader: ConfigReader) -> String? {
        let key = ConfigKey(setting.name)
        if setting.isSwitch, let isOn = reader.bool(forKey: key) { return isOn ? "on" : "off" }
        if let text = reader.string(forKey: key) { return text }
        if let number = reader.int(forKey: key) { return String(number) }
        if let number = reader.double(forKey: key) { return String(number) }
        if let texts = reader.stringArray(forKey: key) { return texts.joined(separator: ",") }
        return reader.doubleArray(forKey: key)?.map { String($0) }.joined(separator: ",")
    }
}

/// Settings that cannot be read.
public struct WrongSettings: Error, Sendable, CustomStringConvertible {
    /// What is wrong with each, with its key, its value and what is allowed.
    public let complaints: [String]

    init(complaints: [String]) {
        self.complaints = complaints
    }

    /// All of it in one line: `hoofprint.flush='soon' is no number of seconds from 0.05 to 3600`.
    public var description: String { complaints.joined(separator: "; ") }
}
