/// Where pictures are posted: a server and the path on it.
public struct UploadTarget: Sendable, Equatable {
    /// The server's name or address; an IPv6 address without its brackets.
    public let host: String

    /// Whether the connection is encrypted: `https`.
    public let isSecure: Bool

    /// The server's TCP port.
    public let port: Int

    /// The request target: a path, and the query if one was given.
    public let path: String

    /// What is wrong with a URL.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// The URL as given, escaped for a terminal, what is wrong with it, and the mend.
        public let description: String
    }

    /// Reads `http://HOST[:PORT][/PATH]`, or the same with `https`; without a path, or with `/`, pictures go to `/images`.
    ///
    /// - Parameter url: The URL, of visible ASCII characters.
    /// - Throws: ``Invalid``, which says what is wrong.
    public init(url: String) throws(Invalid) {
        func invalid(_ what: String) -> Invalid {
            Invalid(description: "'\(PrintableText.escape(url))': \(what)")
        }
        // Anything else would have to be percent-encoded, and a line break would end the request line (RFC 9112, 3).
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("a URL has visible ASCII characters only; percent-encode the others")
        }
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw invalid("not a URL; give http://HOST[:PORT][/PATH]")
        }
        switch url[..<schemeEnd.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw invalid("only http and https are supported; give http://HOST[:PORT][/PATH]")
        }
        let rest = url[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest[authority.endIndex...]
        guard !target.contains("#") else { throw invalid("a fragment (#) is not sent to a server; leave it out") }
        guard !authority.contains("@") else { throw invalid("a user in the URL is not supported; leave it out") }
        guard let (host, port) = Self.split(authority, defaultPort: isSecure ? 443 : 80) else {
            throw invalid("not a host and a port from 1 to 65535; give http://HOST[:PORT][/PATH]")
        }
        self.host = host
        self.port = port
        path =
            switch target.first {
            case nil: "/images"
            case "?": "/images\(target)"
            default: target == "/" ? "/images" : String(target)
            }
    }

    /// The URL pictures are posted to.
    public var url: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }

    /// The value of the Host field (RFC 9110, 7.2): the port is left out where it is the scheme's.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether the host is an address, not a name.
    var isAddress: Bool {
        host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }

    /// Splits `HOST[:PORT]` or `[IPV6][:PORT]`; nil if it is neither.
    private static func split(_ authority: Substring, defaultPort: Int) -> (host: String, port: Int)? {
        var host = authority
        var portText: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":", host.contains(":") else { return nil }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        let isName = host.utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || "-._~%:".utf8.contains($0)
        }
        guard !host.isEmpty, isName else { return nil }
        // An empty port is the scheme's (RFC 3986, 3.2.3).
        guard let portText, !portText.isEmpty else { return (String(host), defaultPort) }
        guard portText.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(portText),
            (1...65535).contains(port)
        else { return nil }
        return (String(host), port)
    }
}
