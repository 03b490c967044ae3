import HTTPTypes
import Hoofprint
import HTTPService
import Hummingbird
import NIOCore
import Redness
import WallClock

/// `POST /images`: receives a picture, measures it and keeps it. `POST /red`: measures it only.
struct PictureUpload: Sendable {
    let store: PictureStore
    let receiver: PictureReceiver
    let measuring: MeasuringPool
    let files: FilePool
    let slots: UploadSlots
    private let keysInFlight = KeysInFlight()

    init(
        store: PictureStore, receiver: PictureReceiver, measuring: MeasuringPool, files: FilePool, slots: UploadSlots
    ) {
        self.store = store
        self.receiver = receiver
        self.measuring = measuring
        self.files = files
        self.slots = slots
    }

    /// Measures and keeps.
    func keep(_ request: Request, of client: Client, _ context: RequestFacts) async throws -> Response {
        try await inSlot(of: client) {
            let key = try IdempotencyKey(request.headers)
            return try await keysInFlight.claim(key, of: client) {
                try await span("POST /images", ["bytes": request.announcedBytes ?? -1]) { span in
                    let scale = try request.scale
                    let trace = TraceContext.following(request)
                    span["traceparent"] = trace
                    let picture = try await Hoofprint.span("image.receive") {
                        try await receiver.receive(request, isKept: true, context)
                    }
                    return try await discarding(picture) { try await answer(picture, scale, key, client, trace) }
                }
            }
        }
    }

    /// Measures only.
    func measure(_ request: Request, of client: Client, _ context: RequestFacts) async throws -> Response {
        try await inSlot(of: client) {
            try await span("POST /red", ["bytes": request.announcedBytes ?? -1]) {
                let scale = try request.scale
                let picture = try await span("image.receive") {
                    try await receiver.receive(request, isKept: false, context)
                }
                return try await discarding(picture) {
                    let measurement = try await measuring.measure(picture, scale)
                    return span("response.encode") { .json(JSONObject(members: measurement.members).text) }
                }
            }
        }
    }

    private func answer(
        _ picture: IncomingPicture, _ scale: PictureScale, _ key: IdempotencyKey?, _ client: Client,
        _ traceParent: String
    ) async throws -> Response {
        guard let hash = picture.hash else { preconditionFailure("a picture that may be kept is hashed") }
        let id = PictureID(hash: hash)
        let request = "\(id.text) \(scale)"
        if let key, let known = try await recordedAnswer(to: key, client) {
            guard known.request == request else {
                throw Problem(
                    status: .unprocessableContent,
                    detail: "This Idempotency-Key was used with another picture or 'quick'; use a new one.")
            }
            return Self.response(known.body, known.id, isNew: known.status == 201)
        }
        let received = Timestamp.now
        let measurement = try await measuring.measure(picture, scale)
        let record = PictureRecord(
            id: id, client: client.name, received: received, bytes: picture.bytes, measurement: measurement,
            idempotencyKey: key?.text)
        let event = try store.outbox?.event(record, pixels: measurement.pixels, traceParent: traceParent)
        let kept = try await span("image.store") {
            let isThere = try await files.run {
                if try store.holds(id, measurement.format) { return true }
                try span("image.store.sync") { try picture.synchronize() }
                return false
            }
            return try await span("image.record") {
                try await store.keep(
                    record, from: picture, isSynchronized: !isThere, request: request, event: event)
            }
        }
        return span("response.encode") { Self.response(kept.record.answer, id, isNew: kept.isNew) }
    }

    private func recordedAnswer(to key: IdempotencyKey, _ client: Client) async throws -> RecordedAnswer? {
        try await files.run { try span("record.find") { try store.answer(to: key.text, of: client.name) } }
    }

    private func inSlot<R>(of client: Client, _ body: () async throws -> R) async throws -> R {
        switch slots.take(client.allowance) {
        case .full:
            throw Problem(
                status: .serviceUnavailable, detail: "The server takes no more uploads at once; try again shortly.",
                headers: [.retryAfter: "1"], endsConnection: true)
        case .clientFull:
            throw Problem(
                status: .tooManyRequests, detail: "You have as many uploads in flight as a client may; wait for one.",
                headers: [.retryAfter: "1"], endsConnection: true)
        case nil: break
        }
        defer { slots.giveBack(client.allowance) }
        return try await body()
    }

    /// Removes the received file in the end: one that was kept has its name in the store besides.
    private func discarding<R>(_ picture: IncomingPicture, _ body: () async throws -> R) async throws -> R {
        let result: Result<R, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        try await files.discard(picture)
        return try result.get()
    }

    private static func response(_ body: String, _ id: PictureID, isNew: Bool) -> Response {
        var response = Response.json(body, status: isNew ? .created : .ok)
        response.headers[.location] = "/images/\(id.text)"
        return response
    }
}

extension Request {
    /// At which scale the picture is to be measured: the query's `quick`.
    var scale: PictureScale {
        get throws(Problem) {
            switch uri.queryParameters["quick"] {
            case nil, "0": .full
            case "1": .half
            case .some:
                throw Problem(
                    status: .badRequest, detail: "'quick' is 0 or 1.", endsConnection: true)
            }
        }
    }
}
