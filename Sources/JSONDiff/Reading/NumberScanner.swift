import Foundation

/// Reads numbers exactly: their value is a sign, decimal digits and a power of ten, whatever their size.
struct NumberScanner {
    /// How numbers are compared.
    private let comparison: JSONOptions.Numbers
    private let keys: UnsafePointer<ValueHash.Keys>
    private let powers = Self.powersOfTen

    init(_ comparison: JSONOptions.Numbers, _ keys: UnsafePointer<ValueHash.Keys>) {
        self.comparison = comparison
        self.keys = keys
    }

    /// 10⁰ to 10⁸. Sound to share: nobody writes to it after this.
    private nonisolated(unsafe) static let powersOfTen: UnsafePointer<UInt64> = {
        let powers = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
        var power: UInt64 = 1
        for index in 0..<9 {
            (powers + index).initialize(to: power)
            power *= 10
        }
        return UnsafePointer(powers)
    }()

    /// Where a number ends and its hash. nil: there is none, and `wrong` is where that shows.
    ///
    /// - Parameters:
    ///   - start: Its first byte.
    ///   - limit: The end of the text.
    @inline(__always)
    func scan(
        _ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, end: inout UnsafePointer<UInt8>
    ) -> UInt64? {
        var at = start
        let isNegative = at.pointee == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let whole = at
        var mantissa: UInt64 = 0
        readDigits(&at, limit, into: &mantissa)
        var digits = at - whole
        end = at
        if digits == 0 || (digits > 1 && whole.pointee == 48) {
            if digits > 0 { end = whole + 1 }
            return nil
        }
        var exponent = 0
        var isExact = true
        if at < limit, at.pointee == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            readDigits(&at, limit, into: &mantissa)
            end = at
            if at == fraction { return nil }
            digits &+= at - fraction
            if digits > 19 { digits &-= Self.leadingZeros(whole, at) }
            exponent = fraction - at
        }
        if at < limit, at.pointee | 0x20 == UInt8(ascii: "e") {
            at += 1
            var isBelowZero = false
            if at < limit, at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: "+") {
                isBelowZero = at.pointee == UInt8(ascii: "-")
                at += 1
            }
            let power = at
            var value = 0
            while at < limit, case let digit = at.pointee &- 48, digit < 10 {
                value = value &* 10 &+ Int(digit)
                at += 1
            }
            end = at
            if at == power { return nil }
            if at - power > 15 { isExact = false }
            exponent &+= isBelowZero ? 0 &- value : value
        }
        end = at
        guard at == limit || Self.endsNumber(at.pointee) else { return nil }
        if comparison != .exact { return inexactHash(start, at) }
        if digits > 19 || !isExact { return Decimal(start, at).hash(keys) }
        if mantissa == 0 { return ValueHash.number(0, exponent: 0, isNegative: false, keys) }
        while case let (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: 10), rest == 0 {
            mantissa = quotient
            exponent &+= 1
        }
        return ValueHash.number(mantissa, exponent: exponent, isNegative: isNegative, keys)
    }

    /// How many digits of a number are zeros before all others.
    @inline(never)
    private static func leadingZeros(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        var at = start, zeros = 0
        while at < end, at.pointee == UInt8(ascii: "0") || at.pointee == UInt8(ascii: ".") {
            if at.pointee == UInt8(ascii: "0") { zeros += 1 }
            at += 1
        }
        return zeros
    }

    /// Appends the digits at a place to a number, modulo 2⁶⁴, eight at a time.
    @inline(__always)
    private func readDigits(
        _ at: inout UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>, into mantissa: inout UInt64
    ) {
        while limit - at >= 8 {
            let word =
                UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
            // The high bit of each byte over 9; carries go to later bytes only.
            let others = ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080
            if others == 0 {
                mantissa = mantissa &* 100_000_000 &+ Self.value(ofEight: word)
                at += 8
                continue
            }
            let count = others.trailingZeroBitCount >> 3
            // Zeros in front of them make eight.
            let padded = (word &<< 8) &<< UInt64(truncatingIfNeeded: 56 &- 8 &* count)
            mantissa = mantissa &* powers[count] &+ Self.value(ofEight: padded)
            at += count
            return
        }
        while at < limit, case let digit = at.pointee &- 48, digit < 10 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            at += 1
        }
    }

    /// The number that eight digits make, the first in the lowest byte, each 0 to 9.
    @inline(__always)
    private static func value(ofEight digits: UInt64) -> UInt64 {
        // Pairs, then fours, then all eight.
        var value = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
        value = (value &* 100 &+ value >> 16) & 0x0000_FFFF_0000_FFFF
        return (value &* 10_000 &+ value >> 32) & 0xFFFF_FFFF
    }

    /// Whether a byte is no part of a number or literal; what may stand there otherwise is seen as the next token.
    @inline(__always)
    static func endsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "[")
            || byte == UInt8(ascii: "{") || byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    @inline(never)
    private func inexactHash(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt64 {
        if comparison == .text { return ValueHash.mix(ValueHash.bytes(start, end - start, keys), keys.pointee.number) }
        let value = Self.double(start, end)
        return ValueHash.mix((value == 0 ? 0 : value.bitPattern) ^ keys.pointee.number, keys.pointee.tail)
    }

    /// The nearest binary64; infinite beyond the largest.
    static func double(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double {
        strtod(String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self), nil)
    }
}

/// A number's digits and its power of ten, as exact as it is written.
struct Decimal: Equatable {
    let isNegative: Bool
    /// 0 to 9, without zeros at either end; empty for 0.
    let digits: [UInt8]
    /// Of the last digit: a sign and decimal digits, since there may be any number of them.
    let exponent: WholeNumber

    /// A whole number of any size.
    struct WholeNumber: Equatable {
        let isNegative: Bool
        /// 0 to 9, without leading zeros; empty for 0.
        let digits: [UInt8]
    }

    /// Reads a valid number.
    init(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        var at = start
        let hasMinus = at.pointee == UInt8(ascii: "-")
        if hasMinus { at += 1 }
        var digits: [UInt8] = []
        var shift = 0
        var isFraction = false
        while at < end, at.pointee | 0x20 != UInt8(ascii: "e") {
            if at.pointee == UInt8(ascii: ".") {
                isFraction = true
            } else {
                digits.append(at.pointee - 48)
                if isFraction { shift -= 1 }
            }
            at += 1
        }
        var power: [UInt8] = []
        var isBelowZero = false
        if at < end {
            at += 1
            if at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: "+") {
                isBelowZero = at.pointee == UInt8(ascii: "-")
                at += 1
            }
            power = UnsafeBufferPointer(start: at, count: end - at).map { $0 - 48 }
        }
        while digits.last == 0 {
            digits.removeLast()
            shift += 1
        }
        digits = Array(digits.drop { $0 == 0 })
        self.digits = digits
        isNegative = hasMinus && !digits.isEmpty
        exponent =
            digits.isEmpty
            ? WholeNumber(isNegative: false, digits: [])
            : WholeNumber(isNegative: isBelowZero, digits: Array(power.drop { $0 == 0 })).adding(shift)
    }

    /// As ``NumberScanner`` has it where the digits and the power are few.
    func hash(_ keys: UnsafePointer<ValueHash.Keys>) -> UInt64 {
        if digits.count <= 19, let exponent = exponent.small {
            let mantissa = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
            return ValueHash.number(mantissa, exponent: exponent, isNegative: isNegative, keys)
        }
        func hash(_ digits: [UInt8], _ isNegative: Bool) -> UInt64 {
            digits.withUnsafeBufferPointer { digits in
                guard let start = digits.baseAddress else { return keys.pointee.tail }
                return ValueHash.bytes(start, digits.count, keys) ^ (isNegative ? keys.pointee.object : 0)
            }
        }
        let scale = hash(exponent.digits, exponent.isNegative)
        return ValueHash.mix(hash(digits, isNegative) ^ keys.pointee.number, scale ^ keys.pointee.array)
    }
}

extension Decimal.WholeNumber {
    /// nil: it has more than 16 digits.
    var small: Int? {
        guard digits.count <= 16 else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1) }
        return isNegative ? -value : value
    }

    /// The sum with a small number.
    func adding(_ other: Int) -> Self {
        if let small { return Self(small + other) }
        // This one is the larger: its sign stays.
        var digits = digits
        let difference = isNegative ? -other : other
        var carry = difference.magnitude
        var index = digits.count - 1
        while carry > 0 || index >= 0 {
            if index < 0 {
                digits.insert(0, at: 0)
                index = 0
            }
            let part = Int(carry % 10)
            carry /= 10
            var digit = Int(digits[index]) + (difference < 0 ? -part : part)
            if digit < 0 {
                digit += 10
                carry += 1
            } else if digit > 9 {
                digit -= 10
                carry += 1
            }
            digits[index] = UInt8(digit)
            index -= 1
        }
        return Self(isNegative: isNegative, digits: Array(digits.drop { $0 == 0 }))
    }

    private init(_ value: Int) {
        var digits: [UInt8] = []
        var rest = value.magnitude
        while rest > 0 {
            digits.insert(UInt8(rest % 10), at: 0)
            rest /= 10
        }
        self.init(isNegative: value < 0, digits: digits)
    }
}
