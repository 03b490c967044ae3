/// Which addresses and ports clients may have us connect to: those of the public Internet, and what the operator adds.
///
/// It is asked with the very address that is connected to, so names, spellings and what a name means meanwhile do not
/// matter.
struct AddressPolicy: Sendable {
    /// What is allowed though it is not public.
    let allowed: [AddressRange]
    /// What is refused though it is public, or allowed.
    var refused: [AddressRange] = []
    /// Nil: all.
    let ports: Set<Int>?

    /// Why an address must not be connected to; nil if it may.
    func refusal(of address: NetworkAddress, port: Int) -> String? {
        if let ports, !ports.contains(port) { return "port \(port) is not allowed" }
        return refusal(of: address)
    }

    /// The same without a port.
    func refusal(of address: NetworkAddress) -> String? {
        if refused.contains(where: { $0.contains(address) }) { return "\(address) is refused by this server" }
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        if address.isIPv4 { return Self.special(address, Self.ipv4) }
        // RFC 6052: what stands for an address of IPv4 leads to that.
        if Self.translated.contains(address) { return refusal(of: address.lastFourBytes) }
        guard Self.global.contains(address) else { return "\(address) is not a public address" }
        return Self.special(address, Self.ipv6)
    }

    private static func special(_ address: NetworkAddress, _ ranges: [(range: AddressRange, what: String)]) -> String? {
        ranges.first { $0.range.contains(address) }.map { "\(address) is not a public address: \($0.what)" }
    }

    private static func ranges(_ texts: [(String, String)]) -> [(range: AddressRange, what: String)] {
        texts.map { text, what in
            guard let range = AddressRange(text) else { preconditionFailure("\(text) is no range of addresses") }
            return (range, what)
        }
    }

    /// Of IPv6 only `2000::/3` is given to networks that are publicly reached (IANA, "IPv6 Global Unicast Address
    /// Assignments").
    private static let global = ranges([("2000::/3", "")])[0].range
    private static let translated = ranges([("64:ff9b::/96", "")])[0].range

    /// IANA, "IPv4 Special-Purpose Address Registry", and the ranges of RFC 5771 and RFC 1112.
    private static let ipv4 = ranges([
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "a provider's own"),
        ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocols' own"), ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "a former relay"),
        ("192.168.0.0/16", "private"), ("198.18.0.0/15", "benchmarks"), ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
    ])

    /// IANA, "IPv6 Special-Purpose Address Registry": Teredo, 6to4 and others that lead elsewhere are among them.
    private static let ipv6 = ranges([
        ("2001::/23", "protocols' own"), ("2001:db8::/32", "documentation"), ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    ])
}
