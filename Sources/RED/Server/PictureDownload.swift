import HTTPTypes
import Hoofprint
import Hummingbird
import NIOCore
import NIOPosix
import Redness

/// `GET` and `HEAD /images/{id}`: sends a picture as it was received.
struct PictureDownload: Sendable {
    private static let pieceBytes = 256 << 10

    let store: PictureStore
    /// Where files are read.
    let files: NIOThreadPool

    func respond(to request: Request, _ id: PictureID) async throws -> Response {
        try await span("GET /images/{id}") {
            let context = SpanContext.active
            let opened = try await files.runIfActive {
                try context.run { try span("image.open") { try store.open(id) } }
            }
            guard let picture = opened else {
                throw Problem(status: .notFound, detail: "There is no picture with this id.")
            }
            var headers: HTTPFields = [.contentType: picture.format.mediaType, .eTag: "\"\(id.text)\""]
            // Sent as what it is, whatever its bytes look like to a browser.
            if let options = HTTPField.Name("X-Content-Type-Options") { headers[options] = "nosniff" }
            headers[.contentLength] = "\(picture.bytes)"
            guard request.method == .get else { return Response(status: .ok, headers: headers) }
            return Response(status: .ok, headers: headers, body: content(of: picture))
        }
    }

    /// The picture's bytes, read piece by piece as the client takes them: a span of its own, since it begins when
    /// the request's handler has ended.
    private func content(of picture: StoredPicture) -> ResponseBody {
        ResponseBody(contentLength: picture.bytes) { writer in
            try await span("GET /images/{id} body", ["bytes": picture.bytes]) {
                var offset = 0
                while offset < picture.bytes {
                    let piece = try await read(picture, at: offset)
                    offset += piece.readableBytes
                    try await span("response.write") { try await writer.write(piece) }
                }
            }
            try await writer.finish(nil)
        }
    }

    private func read(_ picture: StoredPicture, at offset: Int) async throws -> ByteBuffer {
        let context = SpanContext.active
        return try await files.runIfActive {
            let bytes = try context.run {
                try span("image.read") { try picture.read(at: offset, count: Self.pieceBytes) }
            }
            // The head has promised the length: a file that became shorter can only end the connection.
            guard !bytes.isEmpty else { throw ShortenedPicture() }
            return ByteBuffer(bytes: bytes)
        }
    }
}

/// A picture of the store became shorter while it was being sent.
private struct ShortenedPicture: Error {}
