/// Where a broker is.
enum BrokerURL: Sendable, Equatable, CustomStringConvertible {
    case embedded(path: String)
    case amqp(AMQPAddress)
    case kafka(servers: String)

    /// Reads a URL, see ``EventBrokers/open(_:credentials:options:logger:)``.
    init(_ text: String, _ credentials: Credentials? = nil) throws(BrokerError) {
        if text.hasPrefix("embedded:") {
            let path = String(text.dropFirst("embedded:".count))
            guard !path.isEmpty else { throw Self.invalid(text, "no path; write embedded:/var/lib/red/events.sqlite") }
            self = .embedded(path: path)
        } else if text.hasPrefix("amqp://") || text.hasPrefix("amqps://") {
            self = .amqp(try AMQPAddress(text, credentials))
        } else if text.hasPrefix("kafka://") {
            self = .kafka(servers: try Self.servers(text))
        } else {
            throw Self.invalid(
                text, "not a known kind of broker; write embedded:PATH, amqp://…, amqps://… or kafka://…")
        }
        if credentials != nil, !hasUser {
            throw Self.invalid(text, "credentials are for amqp:// and amqps://; leave them out")
        }
    }

    /// Whether a user is told to the broker.
    private var hasUser: Bool {
        if case .amqp = self { true } else { false }
    }

    /// The URL without a password.
    var description: String {
        switch self {
        case .embedded(let path): "embedded:\(path)"
        case .amqp(let address): address.description
        case .kafka(let servers): "kafka://\(servers)"
        }
    }

    private static func servers(_ text: String) throws(BrokerError) -> String {
        let servers = text.dropFirst("kafka://".count).split(separator: ",", omittingEmptySubsequences: false)
        for server in servers {
            let parts = server.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, UInt16(parts[1]) != nil,
                parts[0].utf8.allSatisfy({ $0.isNameByte })
            else { throw invalid(text, "\(quoted(server))no HOST:PORT; write kafka://HOST:PORT,HOST:PORT") }
        }
        return servers.joined(separator: ",")
    }

    /// Names a server, unless there is something before an `@`, which is a user and a password.
    private static func quoted(_ server: Substring) -> String {
        server.contains("@") ? "users and passwords are not taken, and a server is " : "'\(server)' is "
    }

    /// An error that shows a URL, without what may be a password in it.
    static func invalid(_ text: String, _ problem: String) -> BrokerError {
        BrokerError(.invalid, withoutPassword(text), problem)
    }

    private static func withoutPassword(_ text: String) -> String {
        guard let slashes = text.firstRange(of: "//") else { return text }
        guard let at = text.lastIndex(of: "@"), slashes.upperBound < at else {
            // A user and a password whose host was forgotten: what follows a colon is no port.
            let places = text[slashes.upperBound...].prefix { $0 != "/" }.split(separator: ",")
            let isPlain = places.allSatisfy { place in
                place.hasPrefix("[") || place.drop { $0 != ":" }.dropFirst().allSatisfy(\.isNumber)
            }
            return isPlain ? text : "\(text[..<slashes.upperBound])…"
        }
        let user = text[slashes.upperBound..<at].prefix { $0 != ":" }
        return "\(text[..<slashes.upperBound])\(user):…\(text[at...])"
    }
}

/// The servers of RabbitMQ, and who asks.
struct AMQPAddress: Sendable, Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    /// Nodes of one cluster; any will do.
    let nodes: [Node]
    let user: String
    let password: String
    let virtualHost: String

    /// A server.
    struct Node: Sendable, Equatable, CustomStringConvertible {
        let host: String
        let port: UInt16

        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Reads `amqp[s]://[USER[:PASSWORD]@]HOST[:PORT][/VHOST]`, parts percent-encoded, as RabbitMQ's URI specification has it;
    /// and several `HOST[:PORT]` with commas, for a cluster.
    ///
    /// - Parameter credentials: The user and the password, where the URL has none; without both it is `guest`.
    init(_ text: String, _ credentials: Credentials? = nil) throws(BrokerError) {
        isEncrypted = text.hasPrefix("amqps:")
        let rest = text.dropFirst(isEncrypted ? "amqps://".count : "amqp://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        func decoded(_ part: Substring) throws(BrokerError) -> String {
            guard let text = PercentEncoding.decoded(part) else {
                throw BrokerURL.invalid(text, "a '%' is not followed by two hexadecimal digits; write % as %25")
            }
            return text
        }
        virtualHost = slash < rest.endIndex ? try decoded(rest[rest.index(after: slash)...]) : "/"
        let place: Substring
        if let at = authority.lastIndex(of: "@") {
            guard credentials == nil else {
                throw BrokerURL.invalid(text, "there are credentials besides; leave USER:PASSWORD@ out")
            }
            let own = authority[..<at]
            let colon = own.firstIndex(of: ":") ?? own.endIndex
            user = try decoded(own[..<colon])
            password = try decoded(own[colon...].dropFirst())
            place = authority[authority.index(after: at)...]
        } else {
            (user, password, place) = (credentials?.user ?? "guest", credentials?.password ?? "guest", authority)
        }
        let parts = place.split(separator: ",", omittingEmptySubsequences: false)
        let nodes = parts.compactMap { [isEncrypted] in Node($0, isEncrypted: isEncrypted) }
        guard nodes.count == parts.count else {
            throw BrokerURL.invalid(text, "no host and port; write amqp://USER:PASSWORD@HOST:PORT/VHOST")
        }
        self.nodes = nodes
    }

    /// The URL without its password.
    var description: String {
        let path = virtualHost == "/" ? "" : "/\(PercentEncoding.encoded(virtualHost))"
        let nodes = nodes.map(\.description).joined(separator: ",")
        return "\(isEncrypted ? "amqps" : "amqp")://\(PercentEncoding.encoded(user))@\(nodes)\(path)"
    }
}

extension AMQPAddress.Node {
    /// Reads `HOST[:PORT]`; an IPv6 address in brackets.
    fileprivate init?(_ text: Substring, isEncrypted: Bool) {
        let hostEnd = text.hasPrefix("[") ? text.firstIndex(of: "]").map { text.index(after: $0) } : nil
        let colon = text[(hostEnd ?? text.startIndex)...].firstIndex(of: ":") ?? text.endIndex
        host = String(text[..<colon].filter { $0 != "[" && $0 != "]" })
        let number = text[colon...].dropFirst()
        guard !host.isEmpty, let port = number.isEmpty ? (isEncrypted ? 5671 : 5672) : UInt16(number) else {
            return nil
        }
        self.port = port
    }
}

/// Percent-encoding, RFC 3986 section 2.1.
enum PercentEncoding {
    /// The text that is meant; nil if it is malformed.
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else {
                    return nil
                }
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The text with all but letters, digits and `.`, `_`, `-` encoded.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let hexadecimal = String(byte, radix: 16, uppercase: true)
            result +=
                byte.isNameByte
                ? String(UnicodeScalar(byte)) : hexadecimal.count == 1 ? "%0\(hexadecimal)" : "%\(hexadecimal)"
        }
    }
}

extension UInt8 {
    /// Whether a name of a topic or group, or a host's, may have it: a letter, a digit, `.`, `_` or `-`.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// What names and messages must be like for every driver.
enum BrokerNames {
    /// Refuses a name that some broker would not take.
    static func check(topic: String, group: String? = nil, at broker: String) throws(BrokerError) {
        for (what, name) in [("topic", topic), ("group", group ?? "-")] {
            guard (1...100).contains(name.utf8.count), name.utf8.allSatisfy({ $0.isNameByte }) else {
                throw BrokerError(
                    .invalid, broker,
                    "the \(what)'s name '\(name)' is not of 1 to 100 letters, digits, '.', '_' and '-'")
            }
        }
    }

    /// Refuses messages that some broker would not take.
    static func check(_ messages: [BrokerMessage], at broker: String) throws(BrokerError) {
        for message in messages {
            guard message.key.utf8.count <= 255, (1...255).contains(message.id.utf8.count) else {
                throw BrokerError(
                    .invalid, broker, "message '\(message.id)': its id has not 1 to 255 bytes, or its key more than 255"
                )
            }
        }
    }
}
