import Crypto

/// What comes before each request's body (RFC 9112, 3 and 5); the part that is the same for all is made once.
struct RequestHeader: Sendable {
    /// At most how many bytes the part of a header takes that differs from request to request.
    static let variableBytes = 512

    private let common: [UInt8]
    /// This run's part of traces' ids: 16 hexadecimal digits.
    private let run: [UInt8]

    var commonBytes: Int { common.count }

    init(_ target: UploadTarget, token: AccessToken?) {
        var text = """
            POST \(target.path) HTTP/1.1\r
            Host: \(target.authority)\r
            User-Agent: upload-images\r
            Accept: application/json, application/problem+json\r

            """
        if let token { text += "Authorization: Bearer \(token.text)\r\n" }
        common = Array(text.utf8)
        let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
        run = Array(repeatElement("0", count: 16 - digits.utf8.count).joined().utf8) + digits.utf8
    }

    /// A request's header, to its end. What the server does for it is of a trace of its own (W3C Trace Context), the same
    /// when it is sent again.
    ///
    /// - Parameters:
    ///   - path: The file's path below the folder, in which the key of the request is made as of the picture: two equal
    ///     pictures are two requests, and a request that is sent again has its key again.
    ///   - identity: What tells the picture from what else may stand at its path: its digest, or its stamp.
    ///   - digest: Of the body; nil: the request says none.
    func bytes(
        contentType: String, contentLength: Int, path: ArraySlice<UInt8>, identity: [UInt8], digest: ContentDigest?
    ) -> [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(common.count + Self.variableBytes)
        bytes += common
        bytes += "Content-Type: ".utf8
        bytes += contentType.utf8
        bytes += "\r\nContent-Length: ".utf8
        bytes += String(contentLength).utf8
        if let digest {
            bytes += "\r\nContent-Digest: ".utf8
            digest.appendField(to: &bytes)
        }
        var key = SHA256()
        identity.withUnsafeBytes { key.update(bufferPointer: $0) }
        path.withUnsafeBytes { key.update(bufferPointer: $0) }
        // A string in quotes, as draft-ietf-httpapi-idempotency-key-header has it.
        bytes += "\r\nIdempotency-Key: \"".utf8
        let start = bytes.count
        ContentDigest(key.finalize()).appendHexadecimal(to: &bytes)
        let digits = bytes[start...]
        bytes += "\"\r\ntraceparent: 00-".utf8
        bytes += run
        bytes += digits.prefix(16)
        bytes.append(UInt8(ascii: "-"))
        bytes += digits.suffix(16)
        bytes += "-01\r\n\r\n".utf8
        return bytes
    }
}
