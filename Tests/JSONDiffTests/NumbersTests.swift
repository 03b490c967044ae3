import JSONSamples
import TestSupport
import Testing

@testable import JSONDiff

@Suite("Comparing numbers")
struct NumbersTests {
    private static let hasPython = (try? ProgramRun.run("python3", ["-c", ""]).status) == 0

    /// Whether pairs of numbers are equal, a line for each: by value, as binary64.
    private static let judge = """
        import sys
        from decimal import Decimal
        from fractions import Fraction
        def value(text):
            mantissa, _, power = text.lower().partition("e")
            power = int(power or 0)
            if abs(power) < 1000:
                assert Fraction(text) == Fraction(Decimal(text))
            whole, _, fraction = mantissa.partition(".")
            number, power = int(whole + fraction), power - len(fraction)
            if number == 0: return 0, 0
            while number % 10 == 0: number, power = number // 10, power + 1
            return number, power
        for line in sys.stdin:
            a, b = line.split()
            exact = value(a) == value(b)
            if all(abs(int(text.lower().partition("e")[2] or 0)) < 1000 for text in (a, b)): assert exact == (Fraction(a) == Fraction(b))
            print(int(exact), int(float(a) == float(b)))
        """

    /// Digits and a power of ten, spelled in one of many ways.
    private static func spelling(_ digits: String, _ power: Int, _ generator: inout SampleGenerator) -> String {
        var digits = digits, power = power
        let zeros = generator.below(4) * generator.below(12)
        digits += String(repeating: "0", count: zeros)
        power -= zeros
        var text = digits
        if generator.once(in: 2) {
            // A point somewhere in it, or before it.
            let place = generator.below(digits.count + 6)
            let padded = String(repeating: "0", count: max(0, place - digits.count + 1)) + digits
            let whole = padded.dropLast(place), fraction = padded.suffix(place)
            text = (whole.isEmpty ? "0" : String(whole)) + (place > 0 ? "." + fraction : "")
            power += place
        }
        while text.hasPrefix("0"), text.dropFirst().first?.isNumber ?? false { text.removeFirst() }
        guard power != 0 || generator.once(in: 4) else { return text }
        let sign = power < 0 ? "-" : generator.once(in: 3) ? "+" : ""
        let leading = String(repeating: "0", count: generator.once(in: 4) ? generator.below(20) : 0)
        return text + (generator.once(in: 2) ? "e" : "E") + sign + leading + "\(power.magnitude)"
    }

    private static func pairs(seed: UInt64, count: Int) -> [(String, String)] {
        var generator = SampleGenerator(seed: seed)
        let special = [
            "0", "-0", "0.0", "0e5", "-0.0e-7", "1e400", "1E+400", "10e399", "2e400", "-1e400", "9007199254740993",
            "9007199254740992", "9007199254740993.0", "0.1", "0.1000000000000000055511151231257827", "1e-400", "5e-324",
            "18446744073709551615", "18446744073709551616", "9999999999999999999", "99999999999999999999",
            "10000000000000000000", "1e19", "100000000000000000000", "1e20",
            "1e999999999999999", "10e999999999999998", "1e9999999999999999", "10e9999999999999998",
            "1e123456789012345678901234567890", "10e123456789012345678901234567889",
            "0.1e123456789012345678901234567891", "1e-123456789012345678901234567890",
            "0.01e-123456789012345678901234567888", "1e1000000000000000000000000000000",
            "100e999999999999999999999999999998", "0e123456789012345678901234567890",
        ]
        return (0..<count).map { _ in
            if generator.once(in: 6) {
                return (special[generator.below(special.count)], special[generator.below(special.count)])
            }
            let length = generator.once(in: 2) ? 1 + generator.below(5) : 1 + generator.below(30)
            let digits = (0..<length).map { _ in "\(generator.below(10))" }.joined()
            let power = generator.below(40) - 20
            let sign = generator.once(in: 3) ? "-" : ""
            let first = sign + spelling(digits, power, &generator)
            var otherDigits = digits, otherPower = power, otherSign = sign
            switch generator.below(6) {
            case 0: otherDigits = String(digits.dropLast()) + "\(generator.below(10))"
            case 1: otherPower += generator.below(3) - 1
            case 2: otherSign = generator.once(in: 2) ? "-" : ""
            default: break
            }
            return (first, otherSign + spelling(otherDigits, otherPower, &generator))
        }
    }

    /// By index, whether the first and the second numbers are equal.
    private static func equal(_ pairs: [(String, String)], _ options: JSONOptions) throws -> [Bool] {
        func object(_ numbers: [String]) -> [UInt8] {
            Array(("{" + numbers.enumerated().map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}").utf8)
        }
        let difference = try compare(object(pairs.map(\.0)), object(pairs.map(\.1)), options: options)
        var result = [Bool](repeating: true, count: pairs.count)
        for change in difference.changes { result[try #require(Int(change.path.tokens[0]))] = false }
        return result
    }

    @Test(
        "numbers are equal exactly where Python's integers and fractions are, whatever they are spelled like",
        .enabled(if: hasPython, "skipped: python3 is not installed"), arguments: [1, 2, 3] as [UInt64])
    func againstPython(seed: UInt64) throws {
        let pairs = Self.pairs(seed: seed, count: 3000)
        let input = pairs.map { "\($0) \($1)\n" }.joined()
        let run = try ProgramRun.run("python3", ["-c", Self.judge], input: Array(input.utf8))
        try #require(run.status == 0, "\(run.error)")
        let verdicts = run.output.split(separator: "\n")
        try #require(verdicts.count == pairs.count)
        for (mode, column) in [(JSONOptions.Numbers.exact, 0), (.binary64, 2)] {
            var options = JSONOptions()
            options.numbers = mode
            let found = try Self.equal(pairs, options)
            let wrong = pairs.indices.filter { index in
                let verdict = verdicts[index]
                return (verdict[verdict.index(verdict.startIndex, offsetBy: column)] == "1") != found[index]
            }
            #expect(wrong.isEmpty, "seed \(seed), \(mode): \(wrong.count) wrong: \(wrong.prefix(5).map { pairs[$0] })")
            let share = Double(found.count { $0 }) / Double(found.count)
            #expect(share > 0.2 && share < 0.8, "both happen: \(share)")
        }
        var options = JSONOptions()
        options.numbers = .text
        #expect(try Self.equal(pairs, options) == pairs.map(==), "seed \(seed)")
    }

    @Test(
        "what is equal follows the mode",
        arguments: [
            ("1", "1.0", true, true, false), ("1", "1e0", true, true, false), ("-0", "0", true, true, false),
            ("9007199254740993", "9007199254740992", false, true, false), ("1e400", "1E+400", true, true, false),
            ("1e400", "2e400", false, true, false), ("1e400", "-1e400", false, false, false),
            ("0.1", "0.1000000000000000055511151231257827", false, true, false), ("1e-400", "0", false, true, false),
            ("1e123456789012345678901234567890", "10e123456789012345678901234567889", true, true, false),
            ("1e123456789012345678901234567890", "1e123456789012345678901234567891", false, true, false),
            ("123456789012345678901234567890", "123456789012345678901234567891", false, true, false),
            ("12", "12", true, true, true), ("1", "-1", false, false, false),
        ])
    func modes(first: String, second: String, exact: Bool, binary64: Bool, text: Bool) throws {
        for (mode, isEqual) in [(JSONOptions.Numbers.exact, exact), (.binary64, binary64), (.text, text)] {
            var options = JSONOptions()
            options.numbers = mode
            // In containers that are kept and in ones that are not.
            for padding in ["", String(repeating: " ", count: 80)] {
                let old = Array("[\(padding)\(first)]".utf8), new = Array("[\(second)\(padding)]".utf8)
                #expect(try compare(old, new, options: options).isEmpty == isEqual, "\(mode)")
            }
        }
    }

    @Test(
        "numbers within the tolerance are equal, in objects, in arrays and alone",
        arguments: [
            ("1", "1.05", 0.1, true), ("1", "1.2", 0.1, false), ("-1", "1", 2, true), ("1e400", "2e400", 1, false),
            ("1", "\"1\"", 5, false), ("0", "null", 5, false), ("1", "1.0", 0, true), ("1", "1.0000001", 0, false),
        ] as [(String, String, Double, Bool)])
    func tolerance(first: String, second: String, tolerance: Double, isEqual: Bool) throws {
        var options = JSONOptions()
        options.tolerance = tolerance
        for (before, after) in [("", ""), ("[", "]"), ("{\"a\":[0,", ",{}]}"), ("[[true],", ",\"a\"]")] {
            let old = Array((before + first + after).utf8), new = Array((before + second + after).utf8)
            #expect(try compare(old, new, options: options).isEmpty == isEqual, "in \(before)\(after)")
        }
    }

    @Test(
        "what is no number is refused",
        arguments: [
            "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1e", "1e+", "1E-", "1e1.5", "0x1", "1_0", "1a", "--1",
            "NaN",
            "Infinity", "-Infinity", "1e+-1", "0e", "1 .5", "٣",
        ])
    func refused(text: String) {
        for (before, after) in [("", ""), ("[", "]"), ("{\"a\":", "}"), ("[", "          ]")] {
            #expect(throws: JSONReadingError.self) { try JSONDocument(Array((before + text + after).utf8)) }
        }
    }
}
