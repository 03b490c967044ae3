/// Numbers inside a record: unsigned decimals; base 36 inside histograms; sixteen or eight hexadecimal digits for tags.
enum FieldNumber {
    static func append(_ value: UInt64, to output: inout [UInt8]) {
        append(value, radix: 10, to: &output)
    }

    static func append(_ value: UInt64, radix: UInt64, to output: inout [UInt8]) {
        let start = output.count
        var rest = value
        repeat {
            output.append(digit(UInt8(rest % radix)))
            rest /= radix
        } while rest > 0
        output[start...].reverse()
    }

    /// Appends `value` as `digits` lower-case hexadecimal digits.
    static func appendHexadecimal(_ value: UInt64, digits: Int, to output: inout [UInt8]) {
        for position in (0..<digits).reversed() {
            output.append(digit(UInt8(truncatingIfNeeded: value >> UInt64(4 * position)) & 15))
        }
    }

    /// Returns the number `bytes` spells in `radix`, or nil where a byte is no digit, there is none, or it overflows.
    static func parse(_ bytes: UnsafeRawBufferPointer, radix: UInt64 = 10) -> UInt64? {
        guard !bytes.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard let digit = digitValue(byte), UInt64(digit) < radix else { return nil }
            let product = value.multipliedReportingOverflow(by: radix)
            let sum = product.partialValue.addingReportingOverflow(UInt64(digit))
            guard !product.overflow, !sum.overflow else { return nil }
            value = sum.partialValue
        }
        return value
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// Returns the value of a digit of base 36; nil: it is none.
    @inline(__always)
    static func digitValue(_ byte: UInt8) -> UInt8? {
        // Without a branch between digits and letters, which come in no order: bit 6 tells them apart.
        let letter = byte &>> 6 & 1
        let isDigit = byte &- UInt8(ascii: "0") < 10
        let isLetter = byte &- UInt8(ascii: "a") < 26
        guard isDigit != isLetter else { return nil }
        return byte & (0x0f | letter &<< 4) &+ 9 &* letter
    }
}
