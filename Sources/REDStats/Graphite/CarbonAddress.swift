/// Where carbon, the receiving part of Graphite, takes lines of text.
package struct CarbonAddress: Sendable, Equatable, CustomStringConvertible {
    /// A name, or an address of IPv4 or IPv6.
    package let host: String
    package let port: UInt16

    /// Where carbon listens unless it was told otherwise.
    package static let usualPort: UInt16 = 2003

    package init(host: String, port: UInt16 = usualPort) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST`, `HOST:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`; nil for anything else.
    package init?(_ text: String) {
        var rest = Substring(text)
        let host: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest[host.endIndex...]
        }
        let isName = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard !host.isEmpty, host.utf8.count <= 255, isName else { return nil }
        self.host = String(host)
        guard !rest.isEmpty else {
            port = Self.usualPort
            return
        }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits), port > 0
        else { return nil }
        self.port = port
    }

    /// As it is written on a command line.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
