/// What a line says of who wrote it, but for its record: the words of the collector that it came through.
struct LineChannel: Sendable, Equatable {
    /// A hash of the words that tell one writer from another; nil: there are none.
    let writer: UInt64?
    /// The number of the process that wrote the line, as syslog and journald state it.
    let pid: UInt64?

    /// Takes what is known of a line.
    init(writer: UInt64?, pid: UInt64?) {
        self.writer = writer
        self.pid = pid
    }

    /// Takes what stands in a line before a record and behind it.
    ///
    /// Of a JSON object all words count but those of the text that the record stands in, since any of its members may name the
    /// writer; of other lines the first one, which is the host (syslog, journald) or the container (docker compose, kubectl):
    /// what follows may be any text.
    init(before: UnsafeRawBufferPointer, behind: UnsafeRawBufferPointer) {
        if before.first == UInt8(ascii: "{") {
            var hash = Self.hashStart
            var isCursor = false
            func add(_ word: Slice<UnsafeRawBufferPointer>) {
                // journald's cursor is another one in each line.
                if !isCursor { hash = Self.hash(word, hash) }
                isCursor = word.elementsEqual("__CURSOR".utf8)
            }
            let quote = before.indices.last { Self.isQuote(before, $0) } ?? before.endIndex
            let quoteBehind = behind.indices.first { Self.isQuote(behind, $0) } ?? behind.endIndex
            for part in [before[..<quote], behind[quoteBehind...]] {
                var words = LineWords(UnsafeRawBufferPointer(rebasing: part))
                while let word = words.next() { add(word) }
            }
            writer = hash
            pid = Self.number(after: "\"_PID\":\"", in: before) ?? Self.number(after: "\"_PID\":\"", in: behind)
        } else {
            var words = LineWords(before)
            writer = words.next().map { Self.hash($0, Self.hashStart) }
            pid = Self.bracketedPid(before) ?? Self.processOfRFC5424(before)
        }
    }

    /// Whether lines of both may be of one writer: a collector tells writers apart in every line or in none.
    func mayBe(_ other: LineChannel) -> Bool {
        guard let writer, let theirs = other.writer else { return true }
        return writer == theirs
    }

    private static let hashStart: UInt64 = 0xcbf2_9ce4_8422_2325

    /// FNV-1a (Fowler, Noll, Vo), a space behind each word.
    private static func hash(_ word: some Sequence<UInt8>, _ start: UInt64) -> UInt64 {
        (word.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } ^ 0x20) &* 0x100_0000_01b3
    }

    /// A quotation mark that begins or ends a text.
    private static func isQuote(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "\"") && (index == 0 || bytes[index - 1] != UInt8(ascii: "\\"))
    }

    /// The first `[42]: `, as RFC 3164 and journald's short form have it: what follows may be any text.
    private static func bracketedPid(_ before: UnsafeRawBufferPointer) -> UInt64? {
        var rest = before[...]
        while let open = rest.firstIndex(of: UInt8(ascii: "[")) {
            let digits = before[(open + 1)...].prefix { (0x30...0x39).contains($0) }
            if let pid = number(digits), before[digits.endIndex...].starts(with: "]: ".utf8) { return pid }
            rest = before[(open + 1)...]
        }
        return nil
    }

    /// `<30>1 2026-11-26T12:00:00Z web-1 red 42 - - `: the fifth word.
    private static func processOfRFC5424(_ before: UnsafeRawBufferPointer) -> UInt64? {
        guard before.first == UInt8(ascii: "<") else { return nil }
        let words = before.split(separator: UInt8(ascii: " "), maxSplits: 5, omittingEmptySubsequences: false)
        guard words.count == 6, words[0].suffix(2).elementsEqual(">1".utf8) else { return nil }
        return number(words[4])
    }

    private static func number(after key: StaticString, in bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard let start = bytes.place(of: key) else { return nil }
        return number(bytes[(start + key.utf8CodeUnitCount)...].prefix { $0 != UInt8(ascii: "\"") })
    }

    /// A process number, which has at most seven digits on Linux.
    private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard (1...7).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }
}

/// The words of a text that may name a writer: not numbers, dates and times, nor what says how grave a message is.
private struct LineWords: IteratorProtocol {
    private let text: UnsafeRawBufferPointer
    private var place = 0

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    mutating func next() -> Slice<UnsafeRawBufferPointer>? {
        while place < text.count {
            let start = text[place...].firstIndex(where: Self.isOfWord) ?? text.count
            let end = text[start...].firstIndex { !Self.isOfWord($0) } ?? text.count
            place = end
            if start < end, Self.names(text[start..<end]) { return text[start..<end] }
        }
        return nil
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "@"): true
        // A cursor of journald's is one word.
        case UInt8(ascii: "="), UInt8(ascii: ";"): true
        default: false
        }
    }

    private static func names(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
        let isTime = word.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): true
            case UInt8(ascii: "T"), UInt8(ascii: "Z"): true
            default: false
            }
        }
        return !isTime && !(word.count <= 8 && passedOver.contains(String(decoding: word, as: UTF8.self).lowercased()))
    }

    private static let passedOver: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun", "trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal",
    ]
}
