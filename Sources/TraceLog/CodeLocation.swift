/// A place in a program's code that stays right when the object that holds it is unloaded, or loaded elsewhere by the
/// next process: a module's number and the address in its file.
public struct CodeLocation: Sendable, Hashable, RawRepresentable {
    /// The module's number in the upper 16 bits, the address in the lower 48.
    public let rawValue: UInt64

    /// Takes a location as a number.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Makes a location; nil where the address has more than 48 bits.
    public init?(module: UInt16, address: UInt64) {
        guard address <= Self.maximumAddress else { return nil }
        rawValue = UInt64(module) << 48 | address
    }

    /// The highest address: 2⁴⁸ − 1.
    public static let maximumAddress: UInt64 = (1 << 48) - 1

    /// No place: an address that nothing is known of.
    public static let unknown = CodeLocation(rawValue: 0)

    /// The number of the object's `module` record; 0: `address` is one in memory, of code that no object holds, as a
    /// compiler makes it at run time.
    public var module: UInt16 { UInt16(rawValue >> 48) }

    /// The address in the object's file, as its symbols have it; for module 0 the address in memory.
    public var address: UInt64 { rawValue & Self.maximumAddress }

    /// The place one byte before: inside the call whose return address this is. A call can be a function's last
    /// instruction, and then its return address lies in the next function.
    public var ofCall: CodeLocation { address == 0 ? self : CodeLocation(rawValue: rawValue - 1) }
}

extension CodeLocation: ExpressibleByIntegerLiteral {
    /// Takes a location as a number.
    public init(integerLiteral value: UInt64) {
        self.init(rawValue: value)
    }
}
