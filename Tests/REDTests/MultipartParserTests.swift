import Testing

@testable import RED

struct MultipartParserTests {
    private static let content = Array("\r\n--\r\n----a boundar\r\r\n-\u{0}end\r".utf8)
    private static let body =
        Array("preamble\r\n".utf8) + Form.text("title", "--\(Form.boundary)") + Form.file(content)
        + Form.file([1, 2, 3]) + Form.end + Array("epilogue".utf8)

    private func parse(_ chunks: [[UInt8]], boundary: String = Form.boundary) throws -> [UInt8] {
        var parser = MultipartParser(boundary: boundary)
        var file: [UInt8] = []
        for chunk in chunks { try parser.feed(chunk, into: &file) }
        try parser.finish()
        return file
    }

    @Test func `The first file is found wherever the body is cut in two`() throws {
        for cut in 0...Self.body.count {
            #expect(try parse([Array(Self.body[..<cut]), Array(Self.body[cut...])]) == Self.content)
        }
    }

    @Test(arguments: 1...40)
    func `The first file is found in pieces of any size`(_ size: Int) throws {
        let pieces = stride(from: 0, to: Self.body.count, by: size).map {
            Array(Self.body[$0..<min($0 + size, Self.body.count)])
        }
        #expect(try parse(pieces) == Self.content)
    }

    @Test func `A boundary may be followed by blanks`() throws {
        let body = "--b \t\r\nContent-Type: image/png\r\n\r\nabc\r\n--b-- "
        #expect(try parse([Array(body.utf8)], boundary: "b") == Array("abc".utf8))
    }

    @Test(arguments: [
        ("", MultipartError.noFile), ("--b--", .noFile), ("--b\r\n\r\ntext\r\n--b--", .noFile),
        ("--b\r\nContent-Type: image/png\r\n\r\nabc\r\n--", .unfinished),
        ("--b\r\nContent-Type: image/png\r\n\r\nabc", .unfinished),
        ("--bc\r\n", .malformed("a boundary is followed by something else than a line break")),
    ])
    func `A body that holds no whole file is refused with the cause`(_ body: String, _ error: MultipartError) {
        #expect(throws: error) { try parse([Array(body.utf8)], boundary: "b") }
        #expect(throws: error) { try parse(body.utf8.map { [$0] }, boundary: "b") }
    }

    @Test func `Blanks and headers without an end are refused, so that memory stays bounded`() {
        #expect(throws: MultipartError.malformed("a boundary is followed by too many blanks")) {
            try parse([Array("--b".utf8)] + Array(repeating: [32], count: 257), boundary: "b")
        }
        #expect(throws: MultipartError.malformed("a part's header is too long")) {
            try parse([Array("--b\r\n".utf8)] + Array(repeating: [88], count: 17_000), boundary: "b")
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;Boundary=\"a;b\\\"c\"; x=y", "a;b\"c"),
        ("multipart/form-data; charset=utf-8 ; boundary = abc ", "abc"), ("multipart/form-data; boundary=", ""),
    ])
    func `A header's parameters are read, quoted or not`(_ text: String, _ boundary: String) {
        let value = HeaderValue(text)
        #expect(value.value == "multipart/form-data")
        #expect(value.parameters["boundary"] == boundary)
    }

    @Test func `Text without parameters has none`() {
        #expect(HeaderValue("").value == "")
        #expect(HeaderValue(";;=").parameters == ["": ""])
    }
}
