import Hoofprint
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one file after the other on its connection, and opens another where that one is gone.
final class UploadWorker {
    /// Why a file is not with the server.
    private enum Problem: Error {
        case file(PictureFile.Failure)
        case exchange(ExchangeFailure)
        /// The upload ends; the file is not to blame.
        case ending
    }

    private let run: UploadRun
    private var connection: ServerConnection?

    init(_ run: UploadRun) { self.run = run }

    /// Sends files until there are none, or the upload ends.
    func work() async {
        while run.goesOn, let path = await blocking({ [run] in run.nextFile() }) ?? nil {
            await span("upload") { await upload(path) }
        }
        connection?.close()
    }

    private func upload(_ path: FilePath) async {
        do throws(Problem) {
            let opening = try await span("file.open") { () async throws(Problem) in try await open(path) }
            switch opening {
            case .skipped(let reason): run.tell(.skipped(path, reason))
            case .picture(let file) where run.options.isDryRun:
                run.tell(.planned(path, mediaType: file.mediaType, bytes: file.size))
            case .picture(let file): tell(try await post(file, path), path, file.size)
            }
        } catch {
            switch error {
            case .file(let failure): fail(path, failure.description)
            case .exchange(let failure): fail(path, failure.description)
            case .ending: break
            }
        }
    }

    private func open(_ path: FilePath) async throws(Problem) -> PictureFile.Opening {
        let opening = await blocking { () -> Result<PictureFile.Opening, PictureFile.Failure> in
            Result { () throws(PictureFile.Failure) in try PictureFile.open(path) }
        }
        switch opening {
        case .success(let opening): return opening
        case .failure(let failure): throw .file(failure)
        case nil: throw .ending
        }
    }

    private func tell(_ response: ServerResponse, _ path: FilePath, _ size: Int) {
        switch response.status {
        case 200: run.tell(.uploaded(path, bytes: size, isNew: false))
        case 201...299: run.tell(.uploaded(path, bytes: size, isNew: true))
        default: run.tell(.failed(UploadFailure(path: path, message: response.message, status: response.status)))
        }
    }

    private func fail(_ path: FilePath, _ message: String) {
        run.tell(.failed(UploadFailure(path: path, message: message, status: nil)))
    }

    /// Posts a file: on the connection there is; where the server had closed that one, once more on a fresh one.
    private func post(_ file: PictureFile, _ path: FilePath) async throws(Problem) -> ServerResponse {
        let body =
            run.options.sendsForms
            ? RequestBody.form(mediaType: file.mediaType, fileName: path.name, boundary: RequestBody.randomBoundary())
            : RequestBody.raw(mediaType: file.mediaType)
        if let connection, connection.isOpen {
            do throws(Problem) {
                return try await exchange(file, body, on: connection)
            } catch .exchange(let failure) where failure.isStaleConnection {
                self.connection = nil
            }
        }
        let connection = try await span("connection.open") { () async throws(Problem) in try await connect() }
        self.connection = connection
        return try await exchange(file, body, on: connection)
    }

    private func connect() async throws(Problem) -> ServerConnection {
        do throws(ExchangeFailure) {
            let connection = try await ServerConnection.open(to: run.target, run.options)
            run.connected()
            return connection
        } catch {
            throw run.endsAfterFailedConnect(error) || Task.isCancelled ? .ending : .exchange(error)
        }
    }

    /// One request and its response. Cancelling the task closes the connection.
    private func exchange(
        _ file: PictureFile, _ body: RequestBody, on connection: ServerConnection
    ) async throws(Problem) -> ServerResponse {
        let result = await withTaskCancellationHandler {
            let response = connection.begin(head(body, size: file.size))
            do throws(Problem) {
                try await span("request.send") { () async throws(Problem) in try await send(file, body, on: connection)
                }
                return try await span("response.await") { () async throws(Problem) in
                    do throws(ExchangeFailure) {
                        return Result<ServerResponse, Problem>.success(try await connection.result(of: response))
                    } catch {
                        throw Problem.exchange(error)
                    }
                }
            } catch {
                return .failure(error)
            }
        } onCancel: {
            connection.close()
        }
        if case .failure = result {
            connection.close()
            self.connection = nil
            if Task.isCancelled { throw .ending }
        }
        return try result.get()
    }

    private func head(_ body: RequestBody, size: Int) -> HTTPRequestHead {
        let length = body.before.readableBytes + size + body.after.readableBytes
        return HTTPRequestHead(
            version: .http1_1, method: .POST, uri: run.target.path,
            headers: [
                "Host": run.target.authority, "User-Agent": "upload-images",
                "Accept": "application/json, application/problem+json",
                "Content-Type": body.contentType, "Content-Length": "\(length)",
            ])
    }

    /// Sends a request's body chunk by chunk, until its end or until the server takes no more.
    private func send(_ file: PictureFile, _ body: RequestBody, on connection: ServerConnection) async throws(Problem) {
        var chunk = file.start
        var offset = 0
        while true {
            let count = chunk.readableBytes
            let isLast = offset + count == file.size
            if offset == 0, body.before.readableBytes > 0 {
                var first = body.before
                first.writeBuffer(&chunk)
                chunk = first
            }
            if isLast { chunk.writeImmutableBuffer(body.after) }
            guard await connection.send(chunk, isLast: isLast) else { return }
            run.tell(.sent(bytes: count))
            offset += count
            if isLast { return }
            chunk = try await read(file, at: offset)
        }
    }

    private func read(_ file: PictureFile, at offset: Int) async throws(Problem) -> ByteBuffer {
        let chunk = await blocking { () -> Result<ByteBuffer, PictureFile.Failure> in
            Result { () throws(PictureFile.Failure) in try file.chunk(at: offset) }
        }
        switch chunk {
        case .success(let chunk): return chunk
        case .failure(let failure): throw .file(failure)
        case nil: throw .ending
        }
    }

    /// Runs work that blocks on the file system where it blocks nobody; nil if the task is cancelled.
    private func blocking<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T? {
        do {
            return try await NIOThreadPool.singleton.runIfActive(work)
        } catch {
            // Only a cancelled task, or a pool that is shut down, which the shared one never is, gets here.
            return nil
        }
    }
}
