import Foundation

/// An answer of a server.
package struct Answer: Sendable {
    package let status: Int
    package let fields: [String: String]
    package let body: [UInt8]
    /// Whether an interim answer came before.
    package let wasInterim: Bool

    /// Reads an answer; nil if `bytes` hold none. Interim answers are passed over.
    package init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var wasInterim = false
        while true {
            guard let end = rest.indices.first(where: { rest[$0...].starts(with: "\r\n\r\n".utf8) }) else { return nil }
            let lines = String(decoding: rest[..<end], as: UTF8.self).split(separator: "\r\n")
            rest = rest[(end + 4)...]
            let words = lines[0].split(separator: " ")
            guard words.count > 1, let status = Int(words[1]) else { return nil }
            if status < 200 {
                wasInterim = true
                continue
            }
            self.wasInterim = wasInterim
            self.status = status
            let pairs = lines.dropFirst().map { line in
                let colon = line.firstIndex(of: ":") ?? line.endIndex
                return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
            }
            fields = Dictionary(pairs) { first, _ in first }
            body = Array(rest)
            return
        }
    }

    /// The body as JSON.
    package var json: [String: any Sendable] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(body))
            return (object as? [String: Any] ?? [:]).compactMapValues { $0 as? String ?? ($0 as? NSNumber)?.intValue }
        }
    }

    package var id: String { get throws { try json["id"] as? String ?? "" } }
    package var detail: String { get throws { try json["detail"] as? String ?? "" } }
}

/// A client that writes its bytes itself, in the pieces it is told to, on a thread of its own.
package struct Exchange: Sendable {
    package let port: Int

    package init(port: Int) { self.port = port }

    package struct ConnectionFailed: Error {
        package init() {}
    }

    /// Sends `pieces` and reads until the server closes the connection; nil if it did not answer.
    ///
    /// - Parameters:
    ///   - hangsUp: Whether to close for sending after the last piece, as a client does that gives up.
    ///   - onContinue: If given, the pieces after the first are sent once the server has said `100 Continue` and
    ///     this has returned.
    package func send(
        _ pieces: [[UInt8]], hangsUp: Bool = false, onContinue: (@Sendable () -> Void)? = nil
    ) async throws -> Answer? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { Answer(try exchange(pieces, hangsUp, onContinue)) })
            }
        }
    }

    /// Sends `pieces` and reads until the server closes the connection, on the caller's thread.
    package func sendBlocking(_ pieces: [[UInt8]]) throws -> Answer? {
        Answer(try exchange(pieces, false, nil))
    }

    private func exchange(
        _ pieces: [[UInt8]], _ hangsUp: Bool, _ onContinue: (@Sendable () -> Void)?
    ) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw ConnectionFailed() }
        for (index, piece) in pieces.enumerated() {
            guard sendAll(piece, descriptor) else { break }
            guard index == 0, let onContinue else { continue }
            var interim = [UInt8](repeating: 0, count: 1_024)
            guard recv(descriptor, &interim, interim.count, 0) > 0 else { throw ConnectionFailed() }
            onContinue()
        }
        if hangsUp { shutdown(descriptor, Int32(SHUT_WR)) }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return received }
            received += buffer[..<count]
        }
    }

    private func sendAll(_ piece: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = piece[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    // MARK: Requests

    /// A request's head, closed by the empty line.
    package static func head(_ method: String, _ path: String, _ fields: [String: String] = [:]) -> [UInt8] {
        let all = ["Host": "localhost", "Connection": "close"].merging(fields) { $1 }
        let lines = all.map { "\($0): \($1)\r\n" }.joined()
        return Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8)
    }

    /// Sends a request, with its length said if there is a body.
    package func request(
        _ method: String, _ path: String, _ fields: [String: String] = [:], body: [UInt8] = []
    ) async throws -> Answer? {
        let length = body.isEmpty ? [:] : ["Content-Length": "\(body.count)"]
        return try await send([Self.head(method, path, fields.merging(length) { $1 }), body])
    }

    /// Posts a body with its length said.
    package func post(_ body: [UInt8], type: String = "application/octet-stream") async throws -> Answer? {
        let fields = ["Content-Type": type, "Content-Length": "\(body.count)"]
        return try await send([Self.head("POST", "/images", fields), body])
    }

    /// Posts a body without its length, in chunks of HTTP/1.1.
    package func post(chunks: [[UInt8]], type: String = "application/octet-stream", isEnded: Bool = true) async throws
        -> Answer?
    {
        let head = Self.head("POST", "/images", ["Content-Type": type, "Transfer-Encoding": "chunked"])
        let framed = chunks.map { Array("\(String($0.count, radix: 16))\r\n".utf8) + $0 + Array("\r\n".utf8) }
        return try await send([head] + framed + (isEnded ? [Array("0\r\n\r\n".utf8)] : []), hangsUp: !isEnded)
    }
}
