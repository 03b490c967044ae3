import HTTPService
import HTTPTypes
import Hummingbird
import NIOCore
import StatsPage

/// The page's files.
enum PageRequests {
    /// A file, or that the browser has it.
    static func send(_ asset: PageAsset, _ request: Request) -> Response {
        var headers: HTTPFields = [.contentType: asset.mediaType, .eTag: asset.etag]
        for (name, value) in StatsPage.headers {
            if let field = HTTPField.Name(name) { headers[field] = value }
        }
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.drop { $0 == " " } } ?? []
        guard !known.contains(where: { $0 == asset.etag || $0 == "W/\(asset.etag)" || $0 == "*" }) else {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }
}
