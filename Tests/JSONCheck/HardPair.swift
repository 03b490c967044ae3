import Foundation
import JSONDiff
import JSONSamples

/// Pairs of texts that are made to be slow to compare, of any size: what Benchmarks/json/adversarial runs.
enum HardPair: String, CaseIterable {
    /// Distinct numbers in the opposite order.
    case reversed
    /// One number, over and over, a hundredth of them less.
    case allEqual = "all-equal"
    /// Two numbers in random order.
    case twoValues = "two-values"
    /// Distinct numbers in random order.
    case shuffled
    /// An object's members in the opposite order: equal.
    case keysReversed = "keys-reversed"
    /// Keys that all have one hash by `hash * 31 + byte`, as Java's strings have; one is missing.
    case collidingKeys = "colliding-keys"
    /// Records of which each has a number changed and every thousandth is missing.
    case records
    /// Containers in each other, deeper than is taken: an error.
    case deep

    /// The number of changes that there have to be at most; nil: it is an error.
    private func mostChanges(_ count: Int) -> Int? {
        switch self {
        case .reversed, .shuffled: count
        case .allEqual: (count + 99) / 100
        case .twoValues: 2 * count
        case .keysReversed: 0
        case .collidingKeys: 1
        case .records: count + count / 1_000 + 1
        case .deep: nil
        }
    }

    private func texts(_ count: Int) -> ([UInt8], [UInt8]) {
        var generator = SampleGenerator(seed: 1)
        func array(_ elements: some Sequence<String>) -> [UInt8] { Array("[\(elements.joined(separator: ","))]".utf8) }
        func object(_ keys: some Sequence<String>) -> [UInt8] {
            Array("{\(keys.map { "\"\($0)\":1" }.joined(separator: ","))}".utf8)
        }
        let numbers = (0..<count).map(String.init)
        switch self {
        case .reversed: return (array(numbers), array(numbers.reversed()))
        case .allEqual: return (array(numbers.map { _ in "7" }), array(numbers.dropLast(count / 100).map { _ in "7" }))
        case .twoValues:
            let draw = { (0..<count).map { _ in generator.once(in: 2) ? "0" : "1" } }
            return (array(draw()), array(draw()))
        case .shuffled: return (array(numbers), array(numbers.shuffled(using: &generator)))
        case .keysReversed: return (object(numbers), object(numbers.reversed()))
        case .collidingKeys:
            let keys = (0..<count).map { number in (0..<21).map { number >> $0 & 1 == 0 ? "Aa" : "BB" }.joined() }
            return (object(keys), object(keys.reversed().dropLast()))
        case .records:
            func record(_ number: Int, _ price: Int) -> String {
                #"{"id":\#(number),"name":"record \#(number)","price":\#(price),"tags":["a","b"],"at":{"x":\#(number)}}"#
            }
            return (
                array((0..<count).map { record($0, 1) }),
                array((0..<count).filter { $0 % 1_000 != 500 }.map { record($0, 2) })
            )
        case .deep:
            let text = Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
            return (text, text + [0x20])
        }
    }

    /// Compares the pair of a size and prints what it took; answers with whether the result is right.
    func run(_ count: Int) throws -> Bool {
        let (old, new) = texts(count)
        let start = ContinuousClock.now
        var outcome: String, isRight: Bool
        do {
            let difference = try compare(old, new)
            let number = difference.changes.count
            outcome = "\(number) changes"
            isRight = mostChanges(count).map { number <= $0 } ?? false
        } catch let error as JSONTextsError {
            outcome = "\(error)"
            isRight = mostChanges(count) == nil
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        let kilobytes = peak.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        print(
            "\(rawValue): \(count), \((old.count + new.count) / 1_000_000) MB: \(String(format: "%.2f", seconds)) s, "
                + "\(kilobytes / 1_000) MB resident, \(outcome)\(isRight ? "" : ": WRONG")")
        return isRight
    }
}
