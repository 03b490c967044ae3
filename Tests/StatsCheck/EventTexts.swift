import Foundation
import REDEvents

/// What reading and writing an event's JSON takes, beside Foundation's decoder.
enum EventTexts {
    private struct Decoded: Decodable {
        struct Data: Decodable {
            let client: String, image: String, red: Int, pixels: Int, width: Int, height: Int
        }

        let id: String, source: String, time: String, type: String, specversion: String
        let data: Data
    }

    static func run(count: Int) throws {
        let events = try MeasuredRows(count: count, clients: 20).events(0..<count)
        var texts: [[UInt8]] = []
        let clock = ContinuousClock()
        let written = clock.measure { texts = events.map { Array($0.json.utf8) } }
        var wrong = 0
        let read = try clock.measure {
            for (event, text) in zip(events, texts) where try MeasuredEvent(json: text) != event { wrong += 1 }
        }
        let decoder = JSONDecoder()
        let decoded = try clock.measure {
            for text in texts where try decoder.decode(Decoded.self, from: Data(text)).data.red < 0 { wrong += 1 }
        }
        func each(_ duration: Duration) -> String {
            String(format: "%.2f µs", duration / .microseconds(1) / Double(count))
        }
        print(
            "\(count) events: \(each(written)) to write, \(each(read)) to read; JSONDecoder \(each(decoded)); \(wrong) wrong"
        )
    }
}
