/// Numbers as digits in base 36, each with as many as the others, which a script reads without separators.
enum PackedNumbers {
    /// The largest number of three digits.
    static let largestOfThree = 36 * 36 * 36 - 1

    /// Returns as many digits as the largest number needs, at least one, and the numbers.
    static func text(_ numbers: [Int]) -> (width: Int, text: String) {
        let width = String(max(1, numbers.max() ?? 0), radix: 36).utf8.count
        return (width, text(numbers, width: width))
    }

    /// Returns each number with `width` digits. What needs more becomes the largest of so many.
    static func text(_ numbers: [Int], width: Int) -> String {
        let largest = String(repeating: "z", count: width)
        return numbers.map { number in
            let digits = String(max(0, number), radix: 36)
            let missing = width - digits.utf8.count
            return missing < 0 ? largest : String(repeating: "0", count: missing) + digits
        }.joined()
    }

    /// Returns numbers rounded to three digits at least, in three characters each: `m * 36 + e` stands for m × 10ᵉ.
    static func rounded(_ numbers: [UInt64]) -> String { text(numbers.map(code), width: 3) }

    private static func code(of number: UInt64) -> Int {
        var (scale, exponent) = (UInt64(1), 0)
        while true {
            let (whole, rest) = number.quotientAndRemainder(dividingBy: scale)
            let mantissa = whole + (scale > 1 && rest >= scale / 2 ? 1 : 0)
            if mantissa < 36 * 36 { return Int(mantissa) * 36 + exponent }
            (scale, exponent) = (scale * 10, exponent + 1)
        }
    }

    /// Returns a share of 0…1 as one digit of 0…34.
    static func digit(ofShare share: Double) -> Int { Int((min(1, max(0, share)) * 34).rounded()) }
}
