import HTTPTypes
import Hoofprint
import HTTPService
import Hummingbird
import NIOCore

/// The picture in a request's body: the body itself, or the first file of a form; and the bounds on both.
struct UploadContent {
    /// How much longer than its file a form may be.
    static let formOverheadBytes = 1 << 20

    private let maximumBytes: Int
    /// The length of the body in bytes, where the client said it.
    let announcedBytes: Int?
    private var form: MultipartParser?
    private var digest: ContentDigest?
    private var bodyBytes = 0
    private var fileBytes = 0
    /// Whether the body was read to its end, so that the connection can be used further.
    private(set) var isComplete = false

    /// Finds out from the request's head what the body is; refuses what it says to be too long.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - maximumBytes: The most bytes of a picture.
    ///   - isHashed: Whether the picture's SHA-256 is known in the end.
    init(_ request: Request, maximumBytes: Int, isHashed: Bool) throws(Problem) {
        self.maximumBytes = maximumBytes
        announcedBytes = request.announcedBytes
        let type = HeaderValue(request.headers[.contentType] ?? "")
        let isForm = type.value.hasPrefix("multipart/")
        digest = try ContentDigest(request.headers, isHashed: isHashed && !isForm)
        if isForm { form = try Self.form(type) }
        if let announcedBytes, announcedBytes > maximumBodyBytes {
            throw Self.tooLong(maximumBytes).endingConnection()
        }
    }

    /// Takes a chunk of the body; appends what belongs to the picture to `piece`.
    mutating func take(_ chunk: ByteBuffer, into piece: inout [UInt8]) throws(Problem) {
        bodyBytes += chunk.readableBytes
        if digest != nil { span("body.hash") { digest?.update(chunk) } }
        let before = piece.count
        if form == nil {
            chunk.withUnsafeReadableBytes { piece.append(contentsOf: $0) }
        } else {
            do throws(MultipartError) {
                try span("form.parse") { () throws(MultipartError) in
                    try form?.feed(chunk.readableBytesView, into: &piece)
                }
            } catch {
                throw Self.badForm(error)
            }
        }
        fileBytes += piece.count - before
        guard bodyBytes <= maximumBodyBytes, fileBytes <= maximumBytes else { throw Self.tooLong(maximumBytes) }
    }

    /// The body is at its end.
    ///
    /// - Parameter hash: The picture's SHA-256, where it was to be known.
    mutating func finish(_ hash: [UInt8]?) throws(Problem) {
        // A client that hangs up ends the stream of chunks just as one that is done does.
        guard announcedBytes.map({ $0 == bodyBytes }) ?? true else {
            throw Problem(status: .badRequest, detail: "The body ended before its Content-Length.")
        }
        isComplete = true
        try digest?.finish(hash)
        guard bodyBytes > 0 else {
            throw Problem(
                status: .badRequest,
                detail: "The body is empty. Send a JPEG, PNG, WebP or GIF picture, as it is or as a file of "
                    + "multipart/form-data.")
        }
        do throws(MultipartError) {
            try form?.finish()
        } catch {
            throw Self.badForm(error)
        }
        guard fileBytes > 0 else { throw Problem(status: .badRequest, detail: "The form's file is empty.") }
    }

    private var maximumBodyBytes: Int { form == nil ? maximumBytes : maximumBytes + Self.formOverheadBytes }

    private static func form(_ type: HeaderValue) throws(Problem) -> MultipartParser {
        guard type.value == "multipart/form-data" else {
            throw Problem(
                status: .unsupportedMediaType, detail: "Of the multipart types only multipart/form-data is taken.",
                endsConnection: true)
        }
        // RFC 2046, section 5.1.1: 1 to 70 characters.
        guard let boundary = type.parameters["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw Problem(
                status: .badRequest, detail: "The Content-Type of the form lacks a boundary of 1 to 70 characters.",
                endsConnection: true)
        }
        return MultipartParser(boundary: boundary)
    }

    private static func tooLong(_ limit: Int) -> Problem {
        Problem(status: .contentTooLarge, detail: "The picture is longer than \(limit) bytes, the most taken here.")
    }

    private static func badForm(_ error: MultipartError) -> Problem {
        Problem(status: .badRequest, detail: "The body is no usable multipart/form-data: \(error).")
    }
}
