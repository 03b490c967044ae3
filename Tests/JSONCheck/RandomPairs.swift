import Foundation
import JSONDiff
import JSONSamples

/// Random values, what they change to, and what we make of the two, for others to check.
enum RandomPairs {
    /// Writes a JSON object a line: how arrays were compared, both values, and the patch from the one to the other and back.
    static func write(count: UInt64, seed: UInt64) throws {
        for number in 0..<count {
            var generator = SampleGenerator(seed: seed + number)
            let sample = generator.document()
            let texts = [generator.text(sample), generator.text(generator.changed(sample))]
            var options = JSONOptions()
            var mode = ["list", "list", "list", "set", "multiset"][Int(number % 5)]
            if let arrays = JSONOptions.Arrays(rawValue: mode) { options.arrays = arrays }
            if number % 10 == 4 { (mode, options.keys) = ("multiset", [JSONOptions.Key("id")]) }
            let difference = try compare(texts[0], texts[1], options: options)
            let patch = JSONPatch(difference, tests: number % 2 == 0), back = JSONPatch(difference.reversed)
            let applied = try difference.applied(to: difference.old)
            let reverted = try difference.reverted(on: difference.new)
            var line = Array("{\"seed\":\(seed + number),\"mode\":\"\(mode)\"".utf8)
            for (name, bytes) in [
                ("old", texts[0]), ("new", texts[1]), ("patch", patch.bytes), ("back", back.bytes),
                ("applied", applied),
                ("reverted", reverted),
            ] {
                line += Array(",\"\(name)\":".utf8) + bytes.map { $0 == 10 || $0 == 13 ? 0x20 : $0 }
            }
            FileHandle.standardOutput.write(Data(line + Array("}\n".utf8)))
        }
    }
}
