import Foundation
import Testing

@testable import EventBroker

/// What only Kafka does.
@Suite(.serialized) struct KafkaTests {
    @Test func whatIsPublishedWhileTheServersAreAwayArrivesOnceTheyAreBack() async throws {
        let mock = try KafkaMock()
        let broker = try await EventBrokers.open(mock.url, logger: testLogger)
        let topic = newTopic()
        let consumer = try await broker.consumer(of: topic, group: "stats")
        try await broker.publish(messages(0..<10), to: topic)
        mock.setRunning(false)
        let publishing = Task { try await broker.publish(messages(10..<20), to: topic) }
        // How long they are away. Nothing is waited for: the messages arrive whether they were sent in vain meanwhile or not.
        try await Task.sleep(for: .milliseconds(500))
        mock.setRunning(true)
        try await publishing.value
        #expect(Set(try await consumer.take(20).ids).count == 20)
        await consumer.close()
        await broker.close()
    }

    @Test func serversThatAreNotThereAreTold() async throws {
        var options = BrokerOptions()
        options.publishPatience = .seconds(1)
        let broker = try await EventBrokers.open("kafka://127.0.0.1:1", options: options, logger: testLogger)
        let error = await #expect(throws: BrokerError.self) {
            try await broker.publish(messages(0..<1), to: newTopic())
        }
        #expect(error?.kind == .unavailable)
        #expect(error?.broker == "kafka://127.0.0.1:1")
        await broker.close()
    }

    @Test func onlyWhatIsAcknowledgedWithoutAGapIsCommitted() {
        var progress = KafkaProgress()
        for offset in [3, 4, 7, 8] as [Int64] { progress.deliver(offset) }
        let moves = [4, 3, 8, 7].map { (offset: Int64) in
            (progress.acknowledge(offset), progress.position, progress.openCount)
        }
        #expect(moves.map(\.0) == [false, true, false, true])
        #expect(moves.map(\.1) == [nil, 5, 5, 9])
        #expect(moves.map(\.2) == [3, 2, 1, 0])
    }
}
