/// A line of what strace writes (strace(1)), taken apart. Its parts lie in the line's bytes.
///
/// ```
/// 4243 1795678837.201536 fsync(3</srv/a\76b>) = 0 <0.006559>
/// [pid  4243] 1795678837.201536 read(3<pipe:[11]>,  <unfinished ...>
/// 4243 1795678837.301536 <... read resumed>"x", 1) = 1 <0.100000>
/// ```
struct StraceLine {
    typealias Text = UnsafeRawBufferPointer

    /// When it was.
    enum Stamp: Equatable {
        /// Nanoseconds since 1970-01-01T00:00:00Z: -ttt.
        case wall(UInt64)
        /// Since then, and not fine enough.
        case coarse
        /// Hours, minutes, seconds: -t, -tt.
        case timeOfDay
        /// Since the line before: -r.
        case relative
        /// There is none.
        case none
    }

    /// What it says.
    enum Body: Equatable {
        /// A call, and what it returned.
        case call
        /// A call that has not returned.
        case unfinished
        /// What such a call returned.
        case resumed
        /// The thread's end.
        case exit
        /// A signal, or a note of strace's own.
        case note
        /// Nothing that is known.
        case unreadable
    }

    private(set) var thread: UInt64?
    private(set) var stamp = Stamp.none
    private(set) var body = Body.unreadable
    /// The call's name.
    private(set) var name = Text(start: nil, count: 0)
    /// Its arguments, those that the line has.
    private(set) var arguments = Text(start: nil, count: 0)
    /// What it returned, and what is said of that.
    private(set) var result = Text(start: nil, count: 0)
    /// How long it took, nanoseconds: -T.
    private(set) var duration: UInt64?
    /// Whether a note of strace's own stands in it, so that the next line may hold its rest.
    private(set) var isSplit = false

    /// Takes a line apart, without its line feed. Takes time in proportion to its length.
    init(_ line: UnsafeRawBufferPointer) {
        var text = StraceText(line)
        text.trimEnd()
        // Notes of its own that strace writes to standard error, and what is left of a line that one stood in.
        if text.startsWith("strace: ") || text.startsWith(" <unfinished ...>") {
            body = .note
            return
        }
        guard takeThread(&text), takeStamp(&text) else { return }
        text.skipSpaces()
        // -r beside -ttt; -n and -i.
        if text.startsWith("(+") { text.skip(through: UInt8(ascii: ")")) }
        text.skipSpaces()
        while text.peek == UInt8(ascii: "["), text.skip(through: UInt8(ascii: "]")) { text.skipSpaces() }
        takeBody(&text)
    }

    /// Returns how long a call took whose line a note was written into, from the line after that; nil: it goes on elsewhere.
    static func duration(ofRest line: UnsafeRawBufferPointer) -> UInt64? {
        var text = StraceText(line)
        text.trimEnd()
        return text.dropDuration()
    }

    /// The error the call ended in; empty: in none, or it is not said. Calls that a signal interrupted have one, too.
    var error: Text {
        var text = StraceText(result)
        guard text.skip("-1 ") || text.skip("? ") else { return Text(start: nil, count: 0) }
        let word = text.takeName()
        return word.first == UInt8(ascii: "E") ? word : Text(start: nil, count: 0)
    }

    private mutating func takeThread(_ text: inout StraceText) -> Bool {
        text.skipSpaces()
        if text.skip("[pid") {
            text.skipSpaces()
            thread = text.takeNumber()
            if text.peek == UInt8(ascii: "<") { text.skipDescription() }
            return thread != nil && text.skip("]")
        }
        let start = text
        guard let number = text.takeNumber() else { return true }
        switch text.peek {
        case UInt8(ascii: "<"): text.skipDescription()
        case UInt8(ascii: " "): break
        default:
            text = start
            return true
        }
        text.skipSpaces()
        // A number alone is the time in whole seconds, where no other time follows.
        guard text.peekIsDigit || number < Self.leastSeconds else {
            text = start
            return true
        }
        thread = number
        return true
    }

    /// Of instants since 1970 in seconds: 2001.
    private static let leastSeconds: UInt64 = 1_000_000_000

    private mutating func takeStamp(_ text: inout StraceText) -> Bool {
        text.skipSpaces()
        guard let seconds = text.takeNumber() else { return true }
        if text.peek == UInt8(ascii: ":") {
            stamp = .timeOfDay
            text.skipTimeOfDay()
            return true
        }
        let fraction = text.takeFraction()
        if seconds < Self.leastSeconds {
            stamp = .relative
        } else if let fraction, fraction.digits >= 6, seconds < UInt64(UInt32.max) * 4 {
            stamp = .wall(seconds * 1_000_000_000 + fraction.nanoseconds)
        } else {
            stamp = .coarse
        }
        return true
    }

    private mutating func takeBody(_ text: inout StraceText) {
        if text.startsWith("+++ ") {
            body = .exit
        } else if text.startsWith("--- ") {
            body = .note
        } else if text.skip("<... ") {
            name = text.takeName()
            guard !name.isEmpty, text.skip(" resumed>") else { return }
            takeRest(&text, as: .resumed)
        } else {
            name = text.takeName()
            guard !name.isEmpty, text.skip("(") else { return }
            takeRest(&text, as: .call)
        }
    }

    /// Takes what follows the opening parenthesis.
    private mutating func takeRest(_ text: inout StraceText, as whole: Body) {
        isSplit = text.dropAttached()
        if isSplit || text.dropEnd("<unfinished ...>") || text.dropEnd("<detached ...>") {
            arguments = text.rest
            body = whole == .call ? .unfinished : .unreadable
            return
        }
        duration = text.dropDuration()
        guard let end = text.skipArguments() else { return }
        arguments = end
        text.skipSpaces()
        guard text.skip("= ") || text.skip("=") else { return }
        result = text.rest
        body = whole
    }
}
