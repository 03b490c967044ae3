import Hoofprint
import HTTPService
import Hummingbird
import Logging
import NIOCore

/// Takes the picture in a request's body to the disk, piece by piece, hashing it on its way.
struct PictureReceiver: Sendable {
    let store: PictureStore
    let maximumBytes: Int
    let files: FilePool

    /// Receives a picture.
    ///
    /// - Parameter isKept: Whether the picture may be kept, so that its name, its hash, is needed.
    /// - Throws: A ``Problem`` for what is no acceptable body; nothing is left of it then.
    func receive(_ request: Request, isKept: Bool, _ context: RequestFacts) async throws -> IncomingPicture {
        var content = try UploadContent(request, maximumBytes: maximumBytes, isHashed: isKept)
        context.askForBody()
        let picture = try await files.run { try store.receive(isHashed: isKept) }
        do {
            try await transfer(request.body, &content, to: picture)
        } catch {
            try await files.discard(picture)
            switch error {
            case let problem as Problem: throw content.isComplete ? problem : problem.endingConnection()
            case let error as StoreError:
                context.logger.error("the store fails: \(error)")
                throw Problem(error).endingConnection()
            default:
                context.logger.info("an upload broke off after \(picture.bytes) bytes: \(error)")
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
                try await files.run { try picture.append(full) }
            }
        }
        if !piece.isEmpty {
            let last = piece
            try await files.run { try picture.append(last) }
        }
        try content.finish(picture.hash)
    }
}
