import Hoofprint
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Redness

/// `POST /images`: receives a picture, measures it and keeps it.
struct PictureUpload: Sendable {
    let store: PictureStore
    let measurer: PictureMeasurer
    let slots: UploadSlots
    let maximumBytes: Int
    /// Where pictures are measured: as many threads as there are cores.
    let measuring: NIOThreadPool
    /// As many as ``measuring`` has threads, so that waiting for one is a time of its own, not part of measuring.
    let turns: Turns
    /// Where files are written.
    let files: NIOThreadPool

    func respond(to request: Request, _ logger: Logger) async throws -> Response {
        guard slots.take() else {
            throw Problem(
                status: .serviceUnavailable, detail: "The server takes no more uploads at once; try again shortly.",
                headers: [.retryAfter: "1"], endsConnection: true)
        }
        defer { slots.giveBack() }
        return try await span("POST /images", ["bytes": request.announcedBytes ?? -1]) {
            let picture = try await span("image.receive") { try await receive(request, logger) }
            do {
                let measurement = try await measure(picture)
                let (id, isNew) = try await keep(picture, measurement)
                return span("response.encode") { Self.answer(id, measurement, isNew: isNew) }
            } catch {
                try await discard(picture)
                throw error
            }
        }
    }

    // MARK: Receiving

    private func receive(_ request: Request, _ logger: Logger) async throws -> IncomingPicture {
        var content = try UploadContent(request, maximumBytes: maximumBytes)
        let picture = try await onFiles { try store.receive() }
        do {
            try await transfer(request.body, &content, to: picture)
        } catch {
            try await discard(picture)
            switch error {
            case let problem as Problem: throw content.isComplete ? problem : problem.endingConnection()
            case let error as StoreError:
                logger.error("the store fails: \(error)")
                throw Problem(error).endingConnection()
            default:
                logger.info("an upload broke off after \(picture.bytes) bytes: \(error)")
                throw Problem(status: .badRequest, detail: "The body broke off.", endsConnection: true)
            }
        }
        return picture
    }

    /// Hashes and writes the body in pieces of some 512 KiB, so that going to another thread is rare.
    private func transfer(
        _ body: RequestBody, _ content: inout UploadContent, to picture: IncomingPicture
    ) async throws {
        let pieceBytes = 512 << 10
        var piece: [UInt8] = []
        var chunks = body.makeAsyncIterator()
        while true {
            // What the client and the network take is told from what the server does.
            let next = try await span("body.wait") { try await chunks.next() }
            guard let chunk = next else { break }
            if piece.isEmpty {
                piece.reserveCapacity(min(content.announcedBytes ?? pieceBytes, pieceBytes) + chunk.readableBytes)
            }
            try content.take(chunk, into: &piece)
            if piece.count >= pieceBytes {
                let full = piece
                piece = []
                try await onFiles { try picture.append(full) }
            }
        }
        try content.finish()
        if !piece.isEmpty {
            let last = piece
            try await onFiles { try picture.append(last) }
        }
    }

    // MARK: Measuring and keeping

    private func measure(_ picture: IncomingPicture) async throws -> PictureMeasurement {
        await span("image.queue") { await turns.take() }
        defer { turns.end() }
        let context = SpanContext.active
        do {
            return try await measuring.runIfActive {
                try context.run { try measurer.measure(file: picture.path) }
            }
        } catch let error as PictureError {
            throw Problem(error)
        }
    }

    private func keep(
        _ picture: IncomingPicture, _ measurement: PictureMeasurement
    ) async throws -> (id: String, isNew: Bool) {
        try await onFiles {
            try span("image.store") {
                guard let id = PictureID(picture.hash) else { preconditionFailure("a hash is an id") }
                return (id.text, try store.keep(picture, as: id, format: measurement.format))
            }
        }
    }

    /// Removes a picture that is not kept. A long file takes the disk a while.
    private func discard(_ picture: IncomingPicture) async throws {
        try await onFiles { span("image.discard") { picture.discard() } }
    }

    private static func answer(_ id: String, _ measurement: PictureMeasurement, isNew: Bool) -> Response {
        let object = JSONObject(members: [("id", .text(id))] + measurement.members)
        return Response(
            status: isNew ? .created : .ok,
            headers: [.contentType: "application/json", .location: "/images/\(id)"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: object.text + "\n")))
    }

    /// Runs blocking work on the pool for files, below the caller's span.
    private func onFiles<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        let context = SpanContext.active
        return try await files.runIfActive { try context.run(work) }
    }
}

extension Problem {
    /// What a client is told of a picture that cannot be measured.
    init(_ error: PictureError) {
        let status: HTTPResponse.Status =
            switch error {
            case .empty: .badRequest
            case .unknownFormat: .unsupportedMediaType
            case .truncated, .damaged, .tooLarge: .unprocessableContent
            case .unreadable: .internalServerError
            }
        let isInternal = status == .internalServerError
        self.init(status: status, detail: isInternal ? "The server failed to read the picture back." : "\(error)")
    }
}
