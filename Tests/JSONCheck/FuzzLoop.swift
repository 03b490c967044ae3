import Foundation
import JSONSamples

/// Changes a corpus's inputs by chance, which a seed repeats, and checks what comes of it.
enum FuzzLoop {
    /// Whether nothing was found in so many seconds. An input that crashes is in the file `json-fuzz-input`.
    static func run(seconds: Double, seed: UInt64, corpus: String) throws -> Bool {
        let folder = URL(fileURLWithPath: corpus)
        let inputs = try FileManager.default.contentsOfDirectory(atPath: corpus).sorted()
            .map { [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))) }
        let end = Date(timeIntervalSinceNow: seconds)
        var generator = SampleGenerator(seed: seed)
        var count = 0
        while Date() < end {
            let input = changed(inputs, &generator)
            // Written before it is used: what crashes leaves it behind.
            let file = URL(fileURLWithPath: "json-fuzz-input")
            try Data(input).write(to: file)
            if let mistake = FuzzedInput(input).mistake {
                print("json-check: input \(count) of seed \(seed), in \(file.path): \(mistake)")
                return false
            }
            count += 1
        }
        try? FileManager.default.removeItem(atPath: "json-fuzz-input")
        print("json-check: \(count) inputs, seed \(seed): nothing was found")
        return true
    }

    private static func changed(_ inputs: [[UInt8]], _ generator: inout SampleGenerator) -> [UInt8] {
        func text(_ generator: inout SampleGenerator) -> [UInt8] { generator.text(generator.document()) }
        var input: [UInt8]
        switch generator.below(4) {
        case 0:
            let sample = generator.document()
            input = generator.text(sample) + [0xFF] + generator.text(generator.changed(sample))
        case 1: input = text(&generator) + [0xFF] + text(&generator)
        default: input = inputs[generator.below(inputs.count)]
        }
        let tokens = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\\udc00", "e", "-", ".", "0",
            "1e999999999999999999",
            "true", "null", "false", "//", "/*", "*/", " ", "\n", "\u{301}", "😀", "\"id\":", "\"i\":", "\"k\":",
            "\u{FEFF}",
        ]
        for _ in 0..<generator.below(8) where !input.isEmpty {
            let place = generator.below(input.count), end = min(input.count, place + 1 + generator.below(60))
            switch generator.below(6) {
            case 0: input[place] = UInt8(truncatingIfNeeded: generator.next())
            case 1: input.removeSubrange(place..<end)
            case 2: input.insert(contentsOf: input[place..<end], at: generator.below(input.count))
            case 3: input.insert(contentsOf: tokens[generator.below(tokens.count)].utf8, at: place)
            case 4:
                let other = inputs[generator.below(inputs.count)]
                let start = other.isEmpty ? 0 : generator.below(other.count)
                input.insert(contentsOf: other[start..<min(other.count, start + 80)], at: place)
            default:
                let marks = Array("{}[]:,\"\\ 0e.-\n/a".utf8)
                input[place] = marks[generator.below(marks.count)]
            }
        }
        return input
    }
}
