import Testing
import WallClock

struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777_000, "1994-11-06T08:49:37.000Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z", "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 GMT"),
            (-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String, String)])
    func `A moment is written and read as RFC 3339 and HTTP have it`(
        _ milliseconds: Int64, _ text: String, _ httpText: String
    ) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(moment.text == text)
        #expect(moment.httpText == httpText)
        #expect(Timestamp(text) == moment)
        let second = milliseconds - (milliseconds % 1_000 + 1_000) % 1_000
        #expect(Timestamp(http: httpText) == Timestamp(milliseconds: second))
    }

    @Test(
        arguments: [
            ("1994-11-06", 784_080_000_000), ("1994-11-06T08:49:37+01:00", 784_108_177_000),
            ("1994-11-06t08:49:37.5z", 784_111_777_500), ("1994-11-06T08:49:37.123456-00:30", 784_113_577_123),
        ] as [(String, Int64)])
    func `Other forms of RFC 3339 are read`(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "now", "1994-11-6", "1994-13-01", "1994-02-29", "1994-11-06T", "1994-11-06T08:49:37",
        "1994-11-06T24:00:00Z",
        "1994-11-06T08:49:37.Z", "1994-11-06 08:49:37Z", "1994-11-06T08:49:37ZZ", "１994-11-06", "-994-11-06",
    ])
    func `What is no moment is not read`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [
        "", "Sun, 06 Nov 1994 08:49:37 UTC", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:00:00 GMT", "Sun, 06 Nov 1994", "Sunday, 06-November-94 08:49:37 GMT",
    ])
    func `What is no date of HTTP is not read`(_ text: String) {
        #expect(Timestamp(http: text) == nil)
    }

    @Test(arguments: ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `A date in one of HTTP's older forms is read`(_ text: String) {
        #expect(Timestamp(http: text)?.milliseconds == 784_111_777_000)
    }

    @Test func `Every day of 500 years is read back from its text`() {
        for day in Int64(-100_000)...100_000 {
            let moment = Timestamp(milliseconds: day * 86_400_000)
            #expect(Timestamp(moment.text) == moment)
        }
    }
}
