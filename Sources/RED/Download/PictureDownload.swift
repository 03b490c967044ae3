import HTTPTypes
import Hoofprint
import HTTPService
import Hummingbird
import NIOCore
import Redness
import WallClock

/// `GET` and `HEAD /images/{id}`: sends a picture, or a part of it, as it was received. `DELETE`: forgets it.
struct PictureDownload: Sendable {
    private static let pieceBytes = 256 << 10

    let store: PictureStore
    let files: FilePool

    func send(_ id: PictureID, _ request: Request, to client: Client) async throws -> Response {
        try await span("GET /images/{id}") {
            let opened = try await files.run {
                try span("image.open") { try store.open(id, of: client.readsAll ? nil : client.name) }
            }
            guard let picture = opened else { throw Self.unknown }
            let validators = Preconditions(tag: "\"\(id.text)\"", modified: picture.record.received)
            var headers: HTTPFields = [
                .eTag: validators.tag, .lastModified: validators.modified.httpText, .acceptRanges: "bytes",
                // Under a key, nobody else's cache may keep it.
                .cacheControl: "private, no-cache",
            ]
            if validators.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
            headers[.contentType] = picture.record.format.mediaType
            // Sent as what it is, whatever its bytes look like to a browser.
            if let options = HTTPField.Name("X-Content-Type-Options") { headers[options] = "nosniff" }
            let wanted = validators.allowsRange(of: request) ? request.headers[.range] : nil
            switch ByteRange(request.method == .get ? wanted : nil, of: picture.bytes) {
            case .whole:
                return answer(.ok, headers, picture, 0..<picture.bytes, request)
            case .part(let range):
                headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(picture.bytes)"
                return answer(.partialContent, headers, picture, range, request)
            case .unsatisfiable:
                throw Problem(
                    status: .rangeNotSatisfiable, detail: "The picture has \(picture.bytes) bytes.",
                    headers: [.contentRange: "bytes */\(picture.bytes)"])
            }
        }
    }

    func remove(_ id: PictureID, of client: Client) async throws -> Response {
        try await span("DELETE /images/{id}") {
            let isRemoved = try await span("image.record") { try await store.remove(id, of: client.name) }
            guard isRemoved else { throw Self.unknown }
            return Response(status: .noContent)
        }
    }

    private static var unknown: Problem {
        Problem(status: .notFound, detail: "There is no picture with this id.")
    }

    private func answer(
        _ status: HTTPResponse.Status, _ headers: HTTPFields, _ picture: StoredPicture, _ range: Range<Int>,
        _ request: Request
    ) -> Response {
        var headers = headers
        headers[.contentLength] = "\(range.count)"
        guard request.method == .get else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: content(of: picture, range))
    }

    /// The picture's bytes, read piece by piece as the client takes them: a span of its own, since it begins when
    /// the request's handler has ended.
    private func content(of picture: StoredPicture, _ range: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            try await span("GET /images/{id} body", ["bytes": range.count]) {
                var offset = range.lowerBound
                while offset < range.upperBound {
                    let piece = try await read(picture, at: offset, min(Self.pieceBytes, range.upperBound - offset))
                    offset += piece.readableBytes
                    try await span("response.write") { try await writer.write(piece) }
                }
            }
            try await writer.finish(nil)
        }
    }

    private func read(_ picture: StoredPicture, at offset: Int, _ count: Int) async throws -> ByteBuffer {
        try await files.run {
            let bytes = try span("image.read") { try picture.read(at: offset, count: count) }
            // The head has promised the length: a file that became shorter can only end the connection.
            guard !bytes.isEmpty else { throw ShortenedPicture() }
            return ByteBuffer(bytes: bytes)
        }
    }
}

/// A picture of the store became shorter while it was being sent.
private struct ShortenedPicture: Error {}
