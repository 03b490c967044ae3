#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An address of IPv6, or of IPv4 in the form that IPv6 has for it (`::ffff:0:0/96`): one address has one value.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// Its first and last eight bytes.
    private let high: UInt64, low: UInt64

    /// An address of 16 bytes in network order.
    private init(_ bytes: some Collection<UInt8>) {
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// An address of IPv4, as a number: 127.0.0.1 is 0x7f000001.
    init(ipv4: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(ipv4)
    }

    /// Reads `192.0.2.1` or `2001:db8::1` and no other spelling; nil for anything else.
    package init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(ipv4: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes)
        } else {
            return nil
        }
    }

    /// The address and port of a socket's address of IPv4 or IPv6; nil for one of another kind.
    static func read(_ address: UnsafePointer<sockaddr>) -> (address: NetworkAddress, port: Int)? {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let value = raw.loadUnaligned(as: sockaddr_in.self)
            return (
                NetworkAddress(ipv4: UInt32(bigEndian: value.sin_addr.s_addr)), Int(UInt16(bigEndian: value.sin_port))
            )
        case AF_INET6:
            let value = raw.loadUnaligned(as: sockaddr_in6.self)
            let bytes = withUnsafeBytes(of: value.sin6_addr) { Array($0) }
            return (NetworkAddress(bytes), Int(UInt16(bigEndian: value.sin6_port)))
        default: return nil
        }
    }

    /// Whether it is one of IPv4.
    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The address of IPv4 in its last four bytes, which some ranges of IPv6 stand for.
    var lastFourBytes: NetworkAddress { NetworkAddress(ipv4: UInt32(truncatingIfNeeded: low)) }

    /// Whether its first bits, at most 128, are another's.
    func hasSamePrefix(_ bits: Int, as other: NetworkAddress) -> Bool {
        func same(_ left: UInt64, _ right: UInt64, _ bits: Int) -> Bool {
            bits == 0 || (left ^ right) >> (64 - bits) == 0
        }
        return same(high, other.high, min(bits, 64)) && same(low, other.low, max(bits - 64, 0))
    }

    package var description: String {
        let number = isIPv4 ? UInt32(truncatingIfNeeded: low) : 0
        if isIPv4 { return [24, 16, 8, 0].map { "\(number >> UInt32($0) & 255)" }.joined(separator: ".") }
        var bytes = [high, low].flatMap { part in (0..<8).map { UInt8(truncatingIfNeeded: part >> UInt64(56 - 8 * $0)) }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Addresses that begin alike: `10.0.0.0/8`.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let first: NetworkAddress
    private let bits: Int

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(String(parts[0])) else { return nil }
        let width = address.isIPv4 && !parts[0].contains(":") ? 32 : 128
        guard let bits = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(bits) else { return nil }
        first = address
        self.bits = bits + 128 - width
    }

    package func contains(_ address: NetworkAddress) -> Bool { address.hasSamePrefix(bits, as: first) }

    package var description: String { first.isIPv4 ? "\(first)/\(bits - 96)" : "\(first)/\(bits)" }
}
