/// Reads the Retry-After field (RFC 9110, 10.2.3).
enum RetryAfter {
    /// How many milliseconds to wait, 0 for a time that has passed; nil: the field says neither seconds nor a date.
    ///
    /// - Parameter now: Seconds since 1970.
    static func milliseconds(_ field: String, now: Int) -> Int? {
        if field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // More digits than fit are a long time.
            return field.isEmpty ? nil : (Int(field.prefix(10)) ?? 0) * 1000
        }
        return date(field).map { max(0, $0 - now) * 1000 }
    }

    /// Seconds since 1970 of a date in one of the three forms of RFC 9110, 5.6.7; nil: none of them.
    static func date(_ text: String) -> Int? {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT; Sun Nov  6 08:49:37 1994
        let (dayWord, monthWord, yearWord, timeWord): (String, String, String, String)
        if words.count == 6, words[5] == "GMT" {
            (dayWord, monthWord, yearWord, timeWord) = (words[1], words[2], words[3], words[4])
        } else if words.count == 5 {
            (dayWord, monthWord, yearWord, timeWord) = (words[2], words[1], words[4], words[3])
        } else {
            return nil
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let times = timeWord.split(separator: ":").compactMap { Int($0) }
        guard let day = Int(dayWord), (1...31).contains(day), let month = months.firstIndex(of: monthWord),
            let number = Int(yearWord), (0...9999).contains(number), times.count == 3,
            (0...23).contains(times[0]), (0...59).contains(times[1]), (0...60).contains(times[2])
        else { return nil }
        let year = yearWord.utf8.count == 2 ? number + (number < 70 ? 2000 : 1900) : number
        return days(year, month + 1, day) * 86400 + times[0] * 3600 + times[1] * 60 + times[2]
    }

    /// Days since 1970 in the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
