import HTTPService
import Synchronization

/// What the server counts, as `/metrics` says it.
final class Metrics: Sendable {
    private struct State {
        var pictures = 0
        var pixels = 0
        var bytes = 0
    }

    let requests: RequestMetrics
    private let state = Mutex(State())
    private let turns: Turns
    private let slots: UploadSlots
    private let events: OutboxPublisher?

    init(turns: Turns, slots: UploadSlots, connections: Connections, events: OutboxPublisher?) {
        self.turns = turns
        self.slots = slots
        self.events = events
        requests = RequestMetrics(prefix: "red", connections: connections)
    }

    /// Counts a picture that was measured.
    func countPicture(bytes: Int, pixels: Int) {
        state.withLock { state in
            state.pictures += 1
            state.bytes += bytes
            state.pixels += pixels
        }
    }

    /// All of it.
    func text() async throws -> String {
        let now = state.withLock { $0 }
        var text = MetricsText()
        requests.add(to: &text)
        text.counter("red_pictures_total", "Pictures measured.", now.pictures)
        text.counter("red_pixels_total", "Pixels of the pictures measured.", now.pixels)
        text.counter("red_picture_bytes_total", "Bytes of the pictures measured.", now.bytes)
        text.gauge("red_uploads", "Uploads in flight.", slots.taken)
        text.gauge("red_measuring_queue", "Pictures that wait to be measured.", turns.waiting)
        if let events {
            text.counter("red_events_published_total", "Events that the broker has confirmed.", events.published)
            text.gauge("red_events_waiting", "Events that wait for the broker.", try await events.waiting())
        }
        return text.text
    }
}
