import EventBroker
import Foundation
import Logging
import TestSupport
import Testing

/// What only the queue in a file does.
@Suite struct EmbeddedTests {
    @Test func whatWasConfirmedToAPublisherThatWasKilledIsThereOnceAndWhole() async throws {
        let test = try await BrokerUnderTest(.embedded)
        try await test.use({ _ in }) { broker, topic in
            var confirmed = 0
            for round in 1...20 {
                let killed = try await onThread {
                    try ProgramRun.run(
                        productsFolder.appendingPathComponent("broker-member").path,
                        [test.url, topic, "publish", "100000"],
                        watch: ProgramRun.Watch(SIGKILL) { output, _ in output.split(separator: "\n").count > round % 7
                        })
                }
                #expect(killed.wasEndedBySignal)
                confirmed += killed.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0
            }
            let consumer = try await broker.consumer(of: topic, group: "stats")
            var taken: [Delivery] = []
            while true {
                let more = try await consumer.next(limit: 1000, wait: .zero)
                if more.isEmpty { break }
                taken += more
            }
            // A batch is there whole or not at all; one that was not confirmed any more may be there.
            #expect(taken.count >= confirmed)
            #expect(taken.count <= confirmed + 20 * 200)
            #expect(taken.count % 100 == 0)
            await consumer.close()
        }
    }

    @Test func consumersOfOtherProcessesAreWoken() async throws {
        let test = try await BrokerUnderTest(.embedded)
        try await test.use { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            let waiting = Task { try await consumer.next(limit: 10, wait: .seconds(60)) }
            let run = try await onThread {
                try ProgramRun.run(
                    productsFolder.appendingPathComponent("broker-member").path, [test.url, topic, "publish", "1"])
            }
            #expect(run.status == 0)
            #expect(try await waiting.value.ids == ["m0"])
            await consumer.close()
        }
    }

    @Test func aFullQueueTakesNoMoreUntilItIsConsumed() async throws {
        let test = try await BrokerUnderTest(.embedded)
        try await test.use({ $0.keptBytes = 300_000 }) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            var sent = 0
            let refusal = await #expect(throws: BrokerError.self) {
                while sent < 10_000 {
                    try await broker.publish(messages(sent..<sent + 50, bytes: 500), to: topic)
                    sent += 50
                }
            }
            #expect(refusal?.kind == .full)
            #expect(refusal?.description.hasPrefix("broker 'embedded:") == true)
            let taken = try await consumer.take(sent)
            #expect(taken.count == sent)
            try await consumer.acknowledge(taken)
            try await broker.publish(messages(0..<50), to: topic)
            await consumer.close()
        }
    }

    @Test func theMessagesOfAKeyGoToOneMemberAtATime() async throws {
        try await withBroker(.embedded) { broker, topic in
            let first = try await broker.consumer(of: topic, group: "stats")
            let second = try await broker.consumer(of: topic, group: "stats")
            try await broker.publish(messages(0..<12, keys: 2), to: topic)
            let one = try await first.next(limit: 1, wait: .zero)
            let two = try await second.next(limit: 12, wait: .zero)
            #expect(one.ids == ["m0"])
            #expect(two.ids == ["m1", "m3", "m5", "m7", "m9", "m11"])
            #expect(try await second.next(limit: 12, wait: .zero).isEmpty)
            try await first.acknowledge(one)
            #expect(try await second.next(limit: 12, wait: .zero).ids == ["m2", "m4", "m6", "m8", "m10"])
            await first.close()
            await second.close()
        }
    }

    @Test func aNewQueueIsItsUsersAlone() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("queue.sqlite").path
        let broker = try await EventBrokers.open("embedded:\(path)", logger: .init(label: "test"))
        for file in [path, "\(path)-wal", "\(path)-shm"] {
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        }
        await broker.close()
    }

    @Test func aFileThatIsNoQueueIsRefusedWithItsName() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("note.txt").path
        try Data(repeating: 0x41, count: 5000).write(to: URL(fileURLWithPath: path))
        for url in ["embedded:\(path)", "embedded:\(folder.url.path)/missing/queue"] {
            let error = await #expect(throws: BrokerError.self) {
                _ = try await EventBrokers.open(url, logger: .init(label: "test"))
            }
            #expect(error?.kind == .refused)
            #expect(error?.broker == url)
        }
    }
}
