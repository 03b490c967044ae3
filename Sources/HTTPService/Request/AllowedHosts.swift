import HTTPTypes

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The names that a server without keys answers to.
///
/// Such a server on the loopback address trusts the programs of its computer, a browser among them, and a browser sends what
/// web pages tell it to. A page whose own name is made to lead to 127.0.0.1 ("DNS rebinding") asks by that name, which the
/// field `Host` tells; a page elsewhere that posts here says so in `Origin`, which browsers send with all that may change
/// something (Fetch Standard, section 3.2).
package struct AllowedHosts: Sendable {
    /// The longest name that is quoted in a refusal.
    private static let quotedBytes = 100

    private let names: Set<String>

    /// What a server answers to: loopback names, the one that it listens on, and further ones.
    ///
    /// - Parameters:
    ///   - host: The name or address that it listens on.
    ///   - names: Further names and addresses, see ``isName(_:)``.
    ///   - asksForKeys: Whether it asks for keys: a page does not have them.
    /// - Returns: Nil where any name will do: with keys, and where other computers can connect and no names are given.
    package init?(listeningOn host: String, names: [String], asksForKeys: Bool) {
        guard !asksForKeys, !names.isEmpty || Self.isLoopback(host) else { return nil }
        self.names = Set((names + [host]).map(Self.bare))
    }

    /// Whether a text is a name or an address by itself, without scheme, port and path.
    package static func isName(_ text: String) -> Bool {
        let name = bare(text)
        guard !name.contains(":") else { return address6(name) != nil }
        return (1...253).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
            }
    }

    /// Whether a name or address is this computer's alone, wherever it is looked up: `localhost`, 127.0.0.0/8 or ::1.
    static func isLoopback(_ host: String) -> Bool {
        let name = bare(host)
        if name == "localhost" { return true }
        var address = in_addr()
        if inet_pton(AF_INET, name, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
        return address6(name) == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// Why a request is not answered; nil if it is.
    func refusal(of request: HTTPRequest) -> Problem? {
        let authority = request.authority ?? ""
        guard allows(authority) else {
            return Problem(
                status: .misdirectedRequest,
                detail:
                    "This server asks for no keys, so it answers to localhost, loopback addresses and names that it "
                    + "was started with, and '\(Self.quoted(authority))' is none of them; ask it by one of these, or start "
                    + "it with --allowed-host and that name, or with --keys.")
        }
        guard ![.get, .head, .options].contains(request.method), let origin = request.headerFields[.origin],
            !allows(origin: origin)
        else { return nil }
        return Problem(
            status: .forbidden,
            detail:
                "This server asks for no keys, so it takes nothing from pages of '\(Self.quoted(origin))'; start it "
                + "with --allowed-host and that page's host, or with --keys.")
    }

    /// Whether a host with or without a port is one of the names.
    private func allows(_ authority: String) -> Bool {
        guard let host = Self.host(authority) else { return false }
        return Self.isLoopback(host) || names.contains(Self.bare(host))
    }

    /// `null`, which is what a page has that must not say where it is from, is no origin of ours.
    private func allows(origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return allows(String(origin.dropFirst(scheme.count)))
        }
        return false
    }

    /// The host of `HOST` or `HOST:PORT`, an IPv6 address in brackets; nil if it is neither.
    private static func host(_ authority: String) -> String? {
        let hostEnd = authority.hasPrefix("[") ? authority.firstIndex(of: "]").map { authority.index(after: $0) } : nil
        let start = hostEnd ?? authority.startIndex
        let colon = authority[start...].firstIndex(of: ":") ?? authority.endIndex
        let isPort = authority[colon...].dropFirst().utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard isPort, hostEnd == nil || hostEnd == colon else { return nil }
        return String(authority[..<colon])
    }

    /// A name as names are compared: in small letters, without the brackets of an IPv6 address and the root's dot.
    private static func bare(_ name: String) -> String {
        let name = name.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { return String(name.dropFirst().dropLast()) }
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// The bytes of an IPv6 address.
    private static func address6(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.count <= quotedBytes ? text : "\(String(decoding: text.utf8.prefix(quotedBytes), as: UTF8.self))…"
    }
}
