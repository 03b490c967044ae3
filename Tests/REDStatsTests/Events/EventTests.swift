import REDEvents
import StatsSamples
import Testing
import WallClock

@Suite("Events")
struct EventTests {
    private static let text = """
        {"specversion":"1.0","type":"hoofprint.red.measured.v1","source":"red/host","id":"e1",\
        "time":"2026-11-25T18:21:54.120Z","subject":"alice","datacontenttype":"application/json",\
        "traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",\
        "data":{"client":"alice","image":"abc","red":93165,"pixels":6,"width":3,"height":2}}
        """

    @Test("an event is written as it is read")
    func canonicalForm() throws {
        let event = try MeasuredEvent(json: Self.text.utf8)
        #expect(event.json == Self.text)
        #expect(event.client == "alice" && event.red == 93_165 && event.width == 3 && event.height == 2)
        #expect(event.time.text == "2026-11-25T18:21:54.120Z")
    }

    @Test("whatever is written is read again")
    func roundTrip() throws {
        var samples = EventSamples(
            seed: 11, clients: ["a", "\u{1}\"\\/\u{7F}\n", "caf\u{E9}", "cafe\u{301}", "\u{1F40E}\u{202E}"])
        for number in 0..<500 {
            let event = try samples.event(number)
            #expect(try MeasuredEvent(json: event.json.utf8) == event)
        }
    }

    @Test("what CloudEvents allow besides is passed over, and white space, and escapes are read")
    func otherForms() throws {
        let text = """
             { "data" : { "height":2,"width":3, "pixels":6,"red":93165,"image":"a\\u0062c","client":"\\u0061lice",
              "more":[1,{"x":null},[true,false,-0.5e+3]] }, "id":"e1", "source":"red\\/host", "extension":{"a":[]},
              "specversion":"1.0", "time":"2026-11-25T19:21:54.12+01:00", "type":"hoofprint.red.measured.v1",
              "dataschema":"https://example.org/\\uD83D\\uDC0E" }
            """
        let event = try MeasuredEvent(json: text.utf8)
        let canonical = try MeasuredEvent(json: Self.text.utf8)
        #expect(event.id == canonical.id && event.source == canonical.source && event.time == canonical.time)
        #expect(event.client == "alice" && event.image == "abc" && event.traceParent == nil)
    }

    @Test(
        "what is wrong with an event is said",
        arguments: [
            ("\"red\":93165", "\"red\":1000001", "'data.red': 1000001 is not in 0…1000000 parts per million"),
            ("\"red\":93165", "\"red\":-1", "'data.red': -1 is not in 0…1000000 parts per million"),
            ("\"red\":93165", "\"red\":9.5", "'data.red': it is not a whole number of 64 bits"),
            ("\"red\":93165", "\"red\":1e3", "'data.red': it is not a whole number of 64 bits"),
            ("\"red\":93165", "\"red\":99999999999999999999", "'data.red': it is not a whole number of 64 bits"),
            ("\"red\":93165", "\"red\":\"93165\"", "'data.red': it is not a whole number of 64 bits"),
            ("\"red\":93165,", "", "'data.red': it is missing"),
            ("\"red\":93165", "\"red\":1,\"red\":2", "'red': it is there twice"),
            ("\"pixels\":6", "\"pixels\":-6", "'data.pixels': -6 is negative"),
            ("\"1.0\"", "\"0.3\"", "'specversion': it is not '1.0'"),
            ("measured.v1", "measured.v2", "'type': it is not 'hoofprint.red.measured.v1'"),
            ("application/json", "text/plain", "'datacontenttype': it is not 'application/json'"),
            ("2026-11-25T", "2026-11-31T", "'time': it is not a time of RFC 3339"),
            ("2026-11-25T", "1969-11-25T", "'time': it is not between 1970 and 9999"),
            ("\"subject\":\"alice\"", "\"subject\":\"bob\"", "'subject': it is not the 'data.client'"),
            ("\"client\":\"alice\"", "\"client\":\"\"", "'subject': it is not the 'data.client'"),
            ("\"image\":\"abc\"", "\"image\":\"\"", "'data.image': it is empty"),
            ("\"image\":\"abc\"", "\"image\":\"a\\u0000c\"", "'data.image': it holds a NUL"),
            (
                "\"image\":\"abc\"", "\"image\":\"\\ud800\"",
                "'data.image': at byte 287: a string has half of a surrogate pair"
            ),
            ("\"image\":\"abc\"", "\"image\":7", "'data.image': it is not a string"),
            ("\"id\":\"e1\",", "", "'id': it is missing"),
            ("-01\",\"data\"", "-1\",\"data\"", "'traceparent': it is not of the form 00-TRACE-PARENT-FLAGS"),
            ("}}", "}", "at byte 330: a ',' or '}' is missing"),
            ("}}", "}}x", "at byte 331: there is something behind the object"),
            ("}}", "},}", "at byte 332: a string is missing"),
            ("{\"specversion\"", "[\"specversion\"", "at byte 1: an object is missing"),
        ])
    func mistakes(_ old: String, _ new: String, _ message: String) throws {
        let text = Self.text.replacing(old, with: new, maxReplacements: 1)
        #expect(throws: EventMistake.self) { try MeasuredEvent(json: text.utf8) }
        do throws(EventMistake) {
            _ = try MeasuredEvent(json: text.utf8)
        } catch {
            #expect(error.description == "not an event 'hoofprint.red.measured.v1': \(message)")
        }
    }

    @Test("names that are too long, texts that are no UTF-8, and what is too deep are refused")
    func hostileTexts() throws {
        let long = String(repeating: "é", count: 5_000)
        let deep = String(repeating: "[", count: 40_000)
        for text in [
            Self.text.replacing("alice", with: long), Self.text.replacing("\"e1\"", with: "\"\(long)\""),
            Self.text.replacing("\"red\":93165", with: "\"red\":93165,\"x\":\(deep)"),
            "", "null", "\u{FEFF}{}", String(repeating: " ", count: 70_000),
        ] {
            #expect(throws: EventMistake.self) { try MeasuredEvent(json: text.utf8) }
        }
        let bytes = Array(Self.text.utf8)
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x0A], [0x5C, 0x78]] {
            let place = try #require(bytes.firstRange(of: "abc".utf8)).lowerBound
            #expect(throws: EventMistake.self) { try MeasuredEvent(json: bytes[..<place] + bad + bytes[place...]) }
        }
    }

    @Test("new ids are UUIDs of version 7, in the order of their times, and no two are the same")
    func ids() throws {
        let time = try moment("2022-02-22T19:22:22.000Z")
        var ids = (0..<1_000).map { _ in MeasuredEvent.makeID(at: time) }
        // The time of RFC 9562's own example.
        #expect(ids.allSatisfy { $0.hasPrefix("017f22e2-79b0-7") && $0.utf8.count == 36 })
        #expect(Set(ids).count == 1_000)
        ids.append(MeasuredEvent.makeID(at: Timestamp(milliseconds: time.milliseconds + 1)))
        #expect(ids.max() == ids.last)
    }

    @Test("an event that is cut anywhere is none")
    func cuts() {
        let bytes = Array(Self.text.utf8)
        for length in 0..<bytes.count {
            #expect(throws: EventMistake.self) { try MeasuredEvent(json: bytes[..<length]) }
        }
    }
}
