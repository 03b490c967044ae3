/// How a picture is put into a request: its header fields, and the bytes before and after the picture's own.
struct RequestBody: Equatable {
    let contentType: String
    let before: [UInt8]
    let after: [UInt8]

    /// The picture alone, under its media type.
    static func raw(mediaType: String) -> RequestBody {
        RequestBody(contentType: mediaType, before: [], after: [])
    }

    /// The picture as the field `image` of a form (RFC 7578).
    ///
    /// - Parameter boundary: Must not occur in the picture: 128 random bits do not.
    static func form(mediaType: String, fileName: some Collection<UInt8>, boundary: String) -> RequestBody {
        let head = """
            --\(boundary)\r
            Content-Disposition: form-data; name="image"; filename="\(quotable(fileName))"\r
            Content-Type: \(mediaType)\r
            \r

            """
        return RequestBody(
            contentType: "multipart/form-data; boundary=\(boundary)", before: Array(head.utf8),
            after: Array("\r\n--\(boundary)--\r\n".utf8))
    }

    /// At most how many bytes come before or after a picture of that name in a form.
    static func headLimit(fileName: some Collection<UInt8>) -> Int { 512 + 3 * fileName.count }

    /// A boundary of 128 random bits.
    static func randomBoundary() -> String {
        "picture-\(String(UInt64.random(in: .min ... .max), radix: 36))-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// A file name that ends neither the quotes nor the line it stands in.
    ///
    /// Quotes and line ends are percent-encoded as browsers do it (WHATWG HTML, "multipart/form-data encoding
    /// algorithm"); so are other control characters, backslashes, which some servers take as an escape, and bytes
    /// that are no UTF-8.
    static func quotable(_ name: some Collection<UInt8>) -> String {
        var text = ""
        var rest = name[...]
        while let first = rest.first {
            let length = PrintableText.sequenceLength(first)
            let isSafe = first >= 0x20 && first != 0x7F && first != UInt8(ascii: "\"") && first != UInt8(ascii: "\\")
            if isSafe, let valid = String(validating: rest.prefix(length), as: UTF8.self) {
                text += valid
                rest = rest.dropFirst(length)
            } else {
                text += "%\(PrintableText.hex(first))"
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
