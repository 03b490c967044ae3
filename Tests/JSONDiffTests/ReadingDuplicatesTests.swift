import Testing

@testable import JSONDiff

@Suite("Reading objects with a key more than once")
struct ReadingDuplicatesTests {
    /// Objects of so many keys, of which one stands there again, spelled otherwise.
    private static func texts(_ count: Int, again: Int) -> (twice: [UInt8], first: [UInt8], last: [UInt8]) {
        let members = (0..<count).map { "\"key\($0)\":\($0)" }
        func object(_ members: [String]) -> [UInt8] { Array(("{" + members.joined(separator: ",") + "}").utf8) }
        var last = members
        last[again] = "\"key\(again)\":\"again\""
        return (object(members + ["\"\\u006bey\(again)\":\"again\""]), object(members), object(last))
    }

    @Test("is refused, or the first or the last one counts, as the options say", arguments: [1, 2, 9, 100, 100_000])
    func policies(count: Int) throws {
        for again in count > 1000 ? [count / 2] : Set([0, count / 2, count - 1]).sorted() {
            let texts = Self.texts(count, again: again)
            let error = #expect(throws: JSONReadingError.self) { try JSONDocument(texts.twice) }
            #expect(error?.offset == texts.twice.count - "\"\\u006bey\(again)\":\"again\"}".utf8.count)
            for (policy, same, other) in [
                (JSONOptions.Duplicates.first, texts.first, texts.last), (.last, texts.last, texts.first),
            ] {
                var options = JSONOptions()
                options.duplicates = policy
                #expect(try compare(texts.twice, same, options: options).isEmpty, "\(policy)")
                let difference = try compare(texts.twice, other, options: options)
                #expect(difference.changes.map(\.path.description) == ["/key\(again)"], "\(policy)")
                let applied = try difference.applied(to: difference.old)
                #expect(try compare(applied, other, options: options).isEmpty, "\(policy)")
                let reverted = try difference.reverted(on: difference.new)
                #expect(try compare(reverted, texts.twice, options: options).isEmpty, "\(policy)")
            }
        }
    }

    @Test("a member that goes goes with all that have its key", arguments: [JSONOptions.Duplicates.first, .last])
    func removed(policy: JSONOptions.Duplicates) throws {
        var options = JSONOptions()
        options.duplicates = policy
        let long = "[1,2,3,4,5,6,7,8,9]"
        for (old, new) in [
            (#"{"a":1,"b":2,"\u0061":3}"#, #"{"b":2}"#),
            ("{\"a\":\(long),\"b\":0,\"a\":\(long)}", "{\"c\":\(long),\"b\":0}"),
        ] {
            let difference = try compare(Array(old.utf8), Array(new.utf8), options: options)
            let applied = try difference.applied(to: difference.old)
            #expect(try compare(applied, Array(new.utf8), options: options).isEmpty, "\(old)")
            #expect(throws: Never.self, "no key is there twice") { try JSONDocument(applied) }
        }
    }

    @Test("a key may stand in containers of which one is in the other")
    func nested() throws {
        let text = #"{"a":{"a":[{"a":1},{"a":2}],"b":{"a":{}}},"b":{"a":{"a":[]}}}"#
        #expect(throws: Never.self) { try JSONDocument(Array(text.utf8)) }
        for policy in [JSONOptions.Duplicates.first, .last] {
            var options = JSONOptions()
            (options.duplicates, options.arrays) = (policy, .set)
            #expect(try compare(Array(text.utf8), Array((text + " ").utf8), options: options).isEmpty)
        }
    }
}
