import HTTPTypes
import Hoofprint
import HTTPService
import NIOPosix
import Redness

/// Measures pictures, as many at once as it has threads.
struct MeasuringPool: Sendable {
    let measurer: PictureMeasurer
    /// Started, with as many threads as ``turns``.
    let threads: NIOThreadPool
    /// So that waiting for a thread is a time of its own, not part of measuring.
    let turns: Turns
    let metrics: Metrics

    /// Measures a received picture.
    ///
    /// - Throws: A ``Problem`` for what cannot be measured.
    func measure(_ picture: IncomingPicture, _ scale: PictureScale) async throws -> PictureMeasurement {
        await span("image.queue") { await turns.take() }
        defer { turns.end() }
        let context = SpanContext.active
        do {
            let measurement = try await threads.runIfActive {
                try context.run { try picture.measure(with: measurer, scale: scale) }
            }
            metrics.countPicture(bytes: picture.bytes, pixels: measurement.width * measurement.height)
            return measurement
        } catch let error as PictureError {
            throw Problem(error)
        }
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
