import Foundation
import WallClock

/// What a client is told of an alert: the JSON that webhooks and the broker get.
package struct AlertMessage: Sendable, Encodable {
    /// The type of these messages.
    package static let type = "hoofprint.red.alert.v1"

    private struct Content: Encodable {
        let alert: String, subscription: String
        let name: String?
        let client: String
        let above: Int, red: Int
        let image: String, event: String, source: String, time: String
        let traceparent: String?
    }

    private let type = Self.type
    private let timestamp: String
    private let data: Content

    /// - Parameters:
    ///   - alert: What is told.
    ///   - name: What the client calls the subscription.
    package init(_ alert: Alert, name: String?) {
        timestamp = alert.made.text
        data = Content(
            alert: Self.id(of: alert), subscription: alert.subscription, name: name, client: alert.client,
            above: alert.above, red: alert.red, image: alert.image, event: alert.event, source: alert.source,
            time: alert.time.text, traceparent: alert.traceParent)
    }

    /// Names an alert, however often and by whichever way a client is told of it: the subscription's id, `-`, and its
    /// sequence number.
    package static func id(of alert: Alert) -> String { "\(alert.subscription)-\(alert.sequence)" }

    /// JSON, on one line, its members in the order of their names.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(self))
        } catch {
            // Texts and whole numbers always can be written.
            preconditionFailure("an alert cannot be written as JSON: \(error)")
        }
    }
}
