import WallClock

extension MeasuredEvent {
    /// The longest JSON text that is taken, in bytes.
    package static let longestText = 65_536

    /// Reads a CloudEvent in JSON. Attributes that are not ours, and members of `data` that are not, are passed over; a
    /// member that is there twice is refused, and a number that is not written as a plain integer.
    ///
    /// Cost: some microseconds.
    ///
    /// - Throws: ``EventMistake``: what is wrong, in words.
    package init(json: some Collection<UInt8>) throws(EventMistake) {
        guard json.count <= Self.longestText else {
            throw EventMistake(detail: "it has \(json.count) bytes, more than \(Self.longestText)")
        }
        var members = EventMembers()
        var scanner = EventScanner(Array(json))
        try members.read(&scanner)
        try members.check("specversion", members.specVersion, is: "1.0")
        try members.check("type", members.type, is: Self.type)
        if let form = members.contentType { try members.check("datacontenttype", form, is: "application/json") }
        let timeText = try EventMembers.required(members.time, "time")
        guard let time = Timestamp(timeText) else {
            throw EventMistake(member: "time", detail: "it is not a time of RFC 3339")
        }
        let client = try EventMembers.required(members.client, "data.client")
        if let subject = members.subject, !subject.utf8.elementsEqual(client.utf8) {
            throw EventMistake(member: "subject", detail: "it is not the 'data.client'")
        }
        try self.init(
            id: try EventMembers.required(members.id, "id"),
            source: try EventMembers.required(members.source, "source"),
            client: client, time: time, red: try EventMembers.required(members.red, "data.red"),
            image: try EventMembers.required(members.image, "data.image"),
            pixels: try EventMembers.required(members.pixels, "data.pixels"),
            width: try EventMembers.required(members.width, "data.width"),
            height: try EventMembers.required(members.height, "data.height"), traceParent: members.traceParent)
    }

    /// The event as a CloudEvent in JSON, on one line, without a line break at its end.
    package var json: String {
        var text = "{\"specversion\":\"1.0\",\"type\":\"\(Self.type)\",\"source\":"
        Self.write(source, &text)
        text += ",\"id\":"
        Self.write(id, &text)
        text += ",\"time\":\"\(time.text)\",\"subject\":"
        Self.write(client, &text)
        text += ",\"datacontenttype\":\"application/json\""
        if let traceParent { text += ",\"traceparent\":\"\(traceParent)\"" }
        text += ",\"data\":{\"client\":"
        Self.write(client, &text)
        text += ",\"image\":"
        Self.write(image, &text)
        text += ",\"red\":\(red),\"pixels\":\(pixels),\"width\":\(width),\"height\":\(height)}}"
        return text
    }

    /// Writes a text as JSON's string (RFC 8259, section 7).
    private static func write(_ value: String, _ text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// The members of an event that we read.
private struct EventMembers {
    var specVersion: String?, type: String?, source: String?, id: String?, time: String?, subject: String?
    var contentType: String?, traceParent: String?
    var client: String?, image: String?
    var red: Int?, pixels: Int?, width: Int?, height: Int?

    mutating func read(_ scanner: inout EventScanner) throws(EventMistake) {
        var hasData = false
        try scanner.object { (name, scanner) throws(EventMistake) in
            switch name {
            case "specversion": specVersion = try scanner.string(name)
            case "type": type = try scanner.string(name)
            case "source": source = try scanner.string(name)
            case "id": id = try scanner.string(name)
            case "time": time = try scanner.string(name)
            case "subject": subject = try scanner.string(name)
            case "datacontenttype": contentType = try scanner.string(name)
            case "traceparent": traceParent = try scanner.string(name)
            case "data":
                hasData = true
                try readData(&scanner)
            default: try scanner.skip()
            }
        }
        try scanner.end()
        guard hasData else { throw EventMistake(member: "data", detail: "it is missing") }
    }

    private mutating func readData(_ scanner: inout EventScanner) throws(EventMistake) {
        try scanner.object { (name, scanner) throws(EventMistake) in
            switch name {
            case "client": client = try scanner.string("data.client")
            case "image": image = try scanner.string("data.image")
            case "red": red = try scanner.integer("data.red")
            case "pixels": pixels = try scanner.integer("data.pixels")
            case "width": width = try scanner.integer("data.width")
            case "height": height = try scanner.integer("data.height")
            default: try scanner.skip()
            }
        }
    }

    static func required<V>(_ value: V?, _ member: String) throws(EventMistake) -> V {
        guard let value else { throw EventMistake(member: member, detail: "it is missing") }
        return value
    }

    func check(_ member: String, _ value: String?, is wanted: String) throws(EventMistake) {
        guard try Self.required(value, member) == wanted else {
            throw EventMistake(member: member, detail: "it is not '\(wanted)'")
        }
    }
}
