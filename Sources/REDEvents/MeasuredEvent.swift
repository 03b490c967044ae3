import WallClock

/// That a client's picture was measured: what `red` writes to the broker and `red-stats` counts.
///
/// On the wire it is a CloudEvent 1.0 in JSON of the type ``type``. Source and id together name it: however often and
/// by whichever way it arrives, it is one event. A value of this type is always within the limits of ``init(id:source:client:time:red:image:pixels:width:height:traceParent:)``.
package struct MeasuredEvent: Sendable, Equatable {
    /// The CloudEvents type of these events.
    package static let type = "hoofprint.red.measured.v1"

    /// Names the event among those of its source.
    package let id: String
    /// Who wrote it: `red/HOST`.
    package let source: String
    /// Whose picture it is.
    package let client: String
    /// When the picture was received.
    package let time: Timestamp
    /// How much of the picture is red, in parts per million: 0…1,000,000.
    package let red: Int
    /// The picture's id.
    package let image: String
    /// Pixels that were measured.
    package let pixels: Int
    /// Width and height in pixels.
    package let width: Int, height: Int
    /// The W3C trace context of the upload, `00-…-…-01`; nil if it was not traced.
    package let traceParent: String?

    /// The longest client's name in bytes of UTF-8.
    package static let longestClient = 256
    /// The longest id, source or picture's id in bytes of UTF-8.
    package static let longestName = 512
    /// The first moment that is not taken: the year 10000.
    package static let endOfTime = Timestamp(milliseconds: 253_402_300_800_000)

    /// An event.
    ///
    /// - Parameters:
    ///   - client: 1…256 bytes of UTF-8. No text may have a NUL.
    ///   - id, source, image: 1…512 bytes.
    ///   - time: From 1970 to the year 9999.
    ///   - red: 0…1,000,000.
    ///   - pixels, width, height: 0 or more.
    ///   - traceParent: The version 00 form of W3C's Trace Context, 55 bytes; nil if there is none.
    /// - Throws: ``EventMistake``, which names the first one that is not so.
    package init(
        id: String, source: String, client: String, time: Timestamp, red: Int, image: String, pixels: Int, width: Int,
        height: Int, traceParent: String? = nil
    ) throws(EventMistake) {
        try Self.check(id, "id", Self.longestName)
        try Self.check(source, "source", Self.longestName)
        try Self.check(client, "data.client", Self.longestClient)
        try Self.check(image, "data.image", Self.longestName)
        guard time.milliseconds >= 0, time < Self.endOfTime else {
            throw EventMistake(member: "time", detail: "it is not between 1970 and 9999")
        }
        guard (0...1_000_000).contains(red) else {
            throw EventMistake(member: "data.red", detail: "\(red) is not in 0…1000000 parts per million")
        }
        for (name, value) in [("data.pixels", pixels), ("data.width", width), ("data.height", height)] where value < 0 {
            throw EventMistake(member: name, detail: "\(value) is negative")
        }
        if let traceParent, !Self.isTraceParent(traceParent) {
            throw EventMistake(member: "traceparent", detail: "it is not of the form 00-TRACE-PARENT-FLAGS")
        }
        self.id = id
        self.source = source
        self.client = client
        self.time = time
        self.red = red
        self.image = image
        self.pixels = pixels
        self.width = width
        self.height = height
        self.traceParent = traceParent
    }

    private static func check(_ text: String, _ member: String, _ longest: Int) throws(EventMistake) {
        let count = text.utf8.count
        guard count > 0 else { throw EventMistake(member: member, detail: "it is empty") }
        guard count <= longest else {
            throw EventMistake(member: member, detail: "it has \(count) bytes, more than \(longest)")
        }
        guard !text.utf8.contains(0) else { throw EventMistake(member: member, detail: "it holds a NUL") }
    }

    /// Whether a text is a `traceparent` of version 00 (W3C Trace Context, section 3.2), with ids that are not 0.
    private static func isTraceParent(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 32, 16, 2], parts[0].elementsEqual("00".utf8) else { return false }
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) || (97...102).contains(byte) }
        let isZero = { (byte: UInt8) in byte == 48 }
        return parts.allSatisfy { $0.allSatisfy(isDigit) } && !parts[1].allSatisfy(isZero)
            && !parts[2].allSatisfy(isZero)
    }
}

/// What is wrong with an event that cannot be counted: the reason a dead letter carries.
package struct EventMistake: Error, Sendable, Equatable, CustomStringConvertible {
    /// The member of the JSON object, `data.red`; nil where the whole is no such object.
    package let member: String?
    /// What is wrong with it.
    package let detail: String

    init(member: String? = nil, detail: String) {
        self.member = member
        self.detail = detail
    }

    /// The member, and what is wrong with it.
    package var description: String {
        "not an event '\(MeasuredEvent.type)': \(member.map { "'\($0)': " } ?? "")\(detail)"
    }
}
