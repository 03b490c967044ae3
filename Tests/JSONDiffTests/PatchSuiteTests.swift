import JSONSamples
import TestSupport
import Testing

@testable import JSONDiff

@Suite("json-patch's public tests", .enabled(if: TestData.exists("json-patch-tests"), "\(TestData.missing)"))
struct PatchSuiteTests {
    @Test(
        "every case that is not disabled gives what it says, or fails where it says so",
        arguments: zip(["tests.json", "spec_tests.json"], [92, 16]))
    func cases(file: String, least: Int) throws {
        guard case .array(let cases)? = SampleReader.read(try TestData.bytes("json-patch-tests/\(file)")) else {
            Issue.record("\(file) cannot be read")
            return
        }
        var generator = SampleGenerator(seed: 6)
        var run = 0
        for (index, item) in cases.enumerated() {
            // A case that is only a comment has no document.
            guard item["disabled"] == nil, let sample = item["doc"], let patch = item["patch"] else { continue }
            run += 1
            let place = "\(file), case \(index): \(item["comment"].map { "\($0)" } ?? "")"
            let document = try JSONDocument(generator.text(sample))
            let operations = generator.text(patch)
            if item["error"] != nil {
                // Some have a key twice, which is refused when the patch is read.
                #expect(throws: (any Error).self, "\(place)") {
                    try JSONPatch(JSONDocument(operations)).applied(to: document)
                }
            } else {
                do {
                    let result = try JSONPatch(JSONDocument(operations)).applied(to: document)
                    let equality = SampleEquality()
                    let wanted = item["expected"] ?? sample
                    #expect(SampleReader.read(result).map(equality.canonical) == equality.canonical(wanted), "\(place)")
                } catch {
                    Issue.record("\(place): \(error)")
                }
            }
        }
        #expect(run >= least, "\(file) has \(run) cases that are not disabled")
    }
}

extension Sample {
    /// The value of a member. nil: there is none.
    fileprivate subscript(name: String) -> Sample? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == Array(name.utf16) }?.value
    }
}
