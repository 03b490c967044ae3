import EventBroker
import Foundation
import TestSupport
import Testing

/// What every driver does.
@Suite struct ContractTests {
    @Test(arguments: Driver.tested) func whatIsPublishedArrivesAsItWasInOrderOfItsKey(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            let sent = messages(0..<900)
            for start in stride(from: 0, to: 900, by: 300) {
                try await broker.publish(Array(sent[start..<start + 300]), to: topic)
            }
            let taken = try await consumer.take(900)
            try await consumer.acknowledge(taken)
            #expect(taken.allSatisfy { $0.attempt == 1 })
            for key in 0..<3 {
                #expect(
                    taken.map(\.message).filter { $0.key == "client-\(key)" }
                        == sent.filter { $0.key == "client-\(key)" })
            }
            #expect(try await consumer.next(limit: 10, wait: .milliseconds(200)).isEmpty)
            await consumer.close()
        }
    }

    @Test(arguments: Driver.tested) func whatWasAcknowledgedDoesNotComeAgainAndTheRestDoes(_ driver: Driver)
        async throws
    {
        try await withBroker(driver) { broker, topic in
            let first = try await broker.consumer(of: topic, group: "stats")
            try await broker.publish(messages(0..<20, keys: 1), to: topic)
            let taken = try await first.take(20)
            try await first.acknowledge(Array(taken.prefix(12)))
            await first.close()
            let second = try await broker.consumer(of: topic, group: "stats")
            let rest = try await second.take(8)
            #expect(rest.ids == taken.ids.suffix(8))
            try await second.acknowledge(rest)
            #expect(try await second.next(limit: 10, wait: .milliseconds(200)).isEmpty)
            await second.close()
        }
    }

    @Test(arguments: Driver.tested) func eachGroupGetsEachMessageAndEachMemberItsShare(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let members = [
                try await broker.consumer(of: topic, group: "stats"),
                try await broker.consumer(of: topic, group: "stats"),
            ]
            let other = try await broker.consumer(of: topic, group: "copy")
            let collected = Collected()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for member in members {
                    group.addTask {
                        while await collected.count < 600 {
                            let taken = try await member.next(limit: 10, wait: .milliseconds(100))
                            await collected.add(taken)
                            try await member.acknowledge(taken)
                        }
                    }
                }
                for start in stride(from: 0, to: 600, by: 100) {
                    try await broker.publish(messages(start..<start + 100, keys: 50), to: topic)
                }
                try await group.waitForAll()
            }
            #expect(Set(await collected.ids).count == 600)
            let copied = try await other.take(600)
            #expect(Set(copied.ids).count == 600)
            for consumer in members + [other] { await consumer.close() }
        }
    }

    @Test(arguments: Driver.tested) func theMessagesOfAMemberThatWasKilledGoToAnother(_ driver: Driver) async throws {
        let test = try await BrokerUnderTest(driver)
        try await test.use({ _ in }) { broker, topic in
            // RabbitMQ keeps nothing before there is a group.
            let first = try await broker.consumer(of: topic, group: "stats")
            await first.close()
            try await broker.publish(messages(0..<50), to: topic)
            let killed = try await onThread {
                try ProgramRun.run(
                    productsFolder.appendingPathComponent("broker-member").path, [test.url, topic, "stats", "50"],
                    watch: .ready(SIGKILL))
            }
            #expect(killed.wasEndedBySignal)
            let survivor = try await broker.consumer(of: topic, group: "stats")
            let taken = try await survivor.take(50)
            #expect(Set(taken.ids).count == 50)
            // Kafka does not know that they were delivered before.
            #expect(taken.allSatisfy { $0.attempt == (driver == .kafka ? 1 : 2) })
            await survivor.close()
        }
    }

    @Test(arguments: Driver.tested) func aWaitingConsumerIsWokenAndACancelledOneReturns(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            let waiting = Task { try await consumer.next(limit: 10, wait: .seconds(60)) }
            try await broker.publish(messages(0..<1), to: topic)
            let taken = try await waiting.value
            #expect(taken.ids == ["m0"])
            try await consumer.acknowledge(taken)
            let cancelled = Task { try await consumer.next(limit: 10, wait: .seconds(3600)) }
            cancelled.cancel()
            #expect(try await cancelled.value.isEmpty)
            await consumer.close()
        }
    }

    @Test(arguments: Driver.tested) func whatIsReleasedComesAgainAndIsADeadLetterInTheEnd(_ driver: Driver)
        async throws
    {
        try await withBroker(driver) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            try await broker.publish(messages(0..<3, keys: 1), to: topic)
            var attempts: [Int] = []
            var handled: Set<String> = []
            for _ in 0..<7 {
                let taken = try await consumer.next(limit: 10, wait: .seconds(2))
                for delivery in taken where delivery.message.id == "m1" {
                    attempts.append(delivery.attempt)
                    try await consumer.release([delivery])
                }
                let good = taken.filter { $0.message.id != "m1" }
                handled.formUnion(good.ids)
                try await consumer.acknowledge(good)
            }
            #expect(attempts == [1, 2, 3, 4, 5])
            #expect(handled == ["m0", "m2"])
            let dead = try await broker.deadLetters(of: topic, group: "stats")
            try await eventually { try await dead.count() == 1 }
            let letter = try #require(try await dead.list(limit: 10).first)
            #expect(letter.message == messages(1..<2, keys: 1)[0])
            #expect(letter.reason == "delivered 5 times without being acknowledged")
            #expect(letter.attempts == 5)
            await consumer.close()
        }
    }

    @Test(arguments: Driver.tested) func whatIsRejectedIsListedWithItsReasonAndReplayed(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            let other = try await broker.consumer(of: topic, group: "copy")
            try await broker.publish(messages(0..<4), to: topic)
            for delivery in try await consumer.take(4) {
                try await consumer.reject(delivery, reason: "no such client: \"\(delivery.message.key)\"\n")
            }
            #expect(try await other.take(4).count == 4)
            let dead = try await broker.deadLetters(of: topic, group: "stats")
            #expect(try await dead.count() == 4)
            let letters = try await dead.list(limit: 3)
            #expect(letters.count == 3)
            #expect(letters.allSatisfy { $0.reason == "no such client: \"\($0.message.key)\"\n" && $0.attempts == 1 })
            #expect(try await dead.replay(["m2", "unknown"]) == 1)
            let again = try await consumer.take(1)
            #expect(again.ids == ["m2"])
            #expect(again.map(\.attempt) == [1])
            #expect(again[0].message == messages(2..<3)[0])
            try await consumer.acknowledge(again)
            #expect(try await dead.replay(nil) == 3)
            #expect(Set(try await consumer.take(3).ids) == ["m0", "m1", "m3"])
            #expect(try await dead.count() == 0)
            #expect(try await other.next(limit: 10, wait: .milliseconds(200)).isEmpty)
            await consumer.close()
            await other.close()
        }
    }

    @Test(arguments: Driver.tested) func aPassingGroupBeginsNow(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let lasting = try await broker.consumer(of: topic, group: "lasting")
            try await broker.publish(messages(0..<5), to: topic)
            let passing = try await broker.consumer(of: topic, group: "now", kind: .passing)
            try await broker.publish(messages(5..<8), to: topic)
            #expect(Set(try await passing.take(3).ids) == ["m5", "m6", "m7"])
            #expect(try await lasting.take(8).count == 8)
            await passing.close()
            await lasting.close()
        }
    }

    @Test(arguments: Driver.tested) func whatIsClosedSaysSo(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            try await broker.publish(messages(0..<1), to: topic)
            await consumer.close()
            await broker.close()
            let error = await #expect(throws: BrokerError.self) {
                try await broker.publish(messages(0..<1), to: topic)
            }
            #expect(error?.kind == .closed)
        }
    }

    @Test(arguments: Driver.tested) func namesAndMessagesThatNoBrokerTakesAreRefused(_ driver: Driver) async throws {
        try await withBroker(driver) { broker, _ in
            for topic in ["", "a b", "é", String(repeating: "x", count: 101)] {
                await #expect(throws: BrokerError.self) { try await broker.publish(messages(0..<1), to: topic) }
                await #expect(throws: BrokerError.self) { _ = try await broker.consumer(of: topic, group: "g") }
            }
            let long = BrokerMessage(id: "1", key: String(repeating: "k", count: 256), body: [])
            await #expect(throws: BrokerError.self) { try await broker.publish([long], to: newTopic()) }
        }
    }
}

/// Tries until it is so; a test that waits for ever is ended by its time limit.
func eventually(_ isSo: () async throws -> Bool) async throws {
    for _ in 0..<2_400 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it did not come about")
}

/// Deliveries of several tasks.
actor Collected {
    private(set) var deliveries: [Delivery] = []

    var count: Int { deliveries.count }
    var ids: [String] { deliveries.ids }

    func add(_ more: [Delivery]) { deliveries += more }
}
