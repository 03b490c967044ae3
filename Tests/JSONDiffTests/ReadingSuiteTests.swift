import JSONSamples
import Testing

@testable import JSONDiff

@Suite("nst's JSONTestSuite", .enabled(if: TestData.exists("JSONTestSuite"), "\(TestData.missing)"))
struct ReadingSuiteTests {
    private static let folder = "JSONTestSuite/test_parsing"

    /// Files that RFC 8259 leaves to the reader, and that are taken: numbers of any size, depth, surrogates without another half
    /// as escapes, and a byte order mark, which is said. The others are not UTF-8.
    private static let taken: Set<String> = [
        "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json", "i_number_neg_int_huge_exp.json",
        "i_number_pos_double_huge_exp.json", "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
        "i_number_real_underflow.json", "i_number_too_big_neg_int.json", "i_number_too_big_pos_int.json",
        "i_number_very_big_negative_int.json", "i_object_key_lone_2nd_surrogate.json",
        "i_string_1st_surrogate_but_2nd_missing.json", "i_string_1st_valid_surrogate_2nd_invalid.json",
        "i_string_incomplete_surrogate_and_escape_valid.json", "i_string_incomplete_surrogate_pair.json",
        "i_string_incomplete_surrogates_escape_valid.json", "i_string_invalid_lonely_surrogate.json",
        "i_string_invalid_surrogate.json", "i_string_inverted_surrogates_U+1D11E.json",
        "i_string_lone_second_surrogate.json", "i_structure_500_nested_arrays.json",
        "i_structure_UTF-8_BOM_empty_object.json",
    ]

    /// Files with a key twice.
    private static let duplicates: Set<String> = [
        "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    ]

    @Test("what is JSON is taken, what is not is refused, and the rest is as documented")
    func files() throws {
        let names = try TestData.files(Self.folder)
        #expect(names.count == 318)
        for name in names {
            let bytes = try TestData.bytes("\(Self.folder)/\(name)")
            var options = JSONOptions()
            if Self.duplicates.contains(name) {
                #expect(throws: JSONReadingError.self, "\(name)") { try JSONDocument(bytes) }
                options.duplicates = .last
            }
            let isTaken = name.hasPrefix("y_") || Self.taken.contains(name)
            do {
                let document = try JSONDocument(bytes, options: options)
                #expect(isTaken, "\(name) was taken")
                #expect(document.hasByteOrderMark == (name == "i_structure_UTF-8_BOM_empty_object.json"), "\(name)")
                #expect(try compare(document, document).isEmpty, "\(name)")
            } catch {
                #expect(!isTaken, "\(name): \(error)")
            }
        }
    }

    @Test("what is taken means what a plain reader reads")
    func meaning() throws {
        let equality = SampleEquality()
        for name in try TestData.files(Self.folder) where name.hasPrefix("y_") && !Self.duplicates.contains(name) {
            let bytes = try TestData.bytes("\(Self.folder)/\(name)")
            let sample = try #require(SampleReader.read(bytes), "\(name)")
            var generator = SampleGenerator(seed: 1)
            for _ in 0..<5 {
                #expect(try compare(bytes, generator.text(sample)).isEmpty, "\(name)")
            }
            let difference = try compare(bytes, Array("{\"other\":[0.5]}".utf8))
            let reverted = try difference.reverted(on: difference.new)
            #expect(SampleReader.read(reverted).map(equality.canonical) == equality.canonical(sample), "\(name)")
        }
    }
}
