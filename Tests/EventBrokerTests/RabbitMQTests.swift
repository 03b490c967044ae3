import Foundation
import TestSupport
import Testing

@testable import EventBroker

/// What only RabbitMQ does.
@Suite(.serialized, .enabled(if: !ServerProcess.areSkipped)) struct RabbitMQTests {
    /// A server that starts again beside other tests may take longer than a publisher waits by default.
    private var patient: BrokerOptions {
        var options = BrokerOptions()
        options.publishPatience = .seconds(600)
        return options
    }

    @Test func whatWasConfirmedIsThereAfterTheServerWasKilledAndTheRestIsSentAgain() async throws {
        let server = RabbitMQServer()
        let broker = try await EventBrokers.open(try await server.url(), options: patient, logger: testLogger)
        let topic = newTopic()
        let consumer = try await broker.consumer(of: topic, group: "stats")
        try await server.settle()
        let confirmed = Confirmed()
        let publishing = Task {
            for start in stride(from: 0, to: 6000, by: 20) {
                try await broker.publish(messages(start..<start + 20), to: topic)
                await confirmed.add(20)
            }
        }
        let taking = Task {
            var ids: Set<String> = []
            while ids.count < 6000 {
                let taken = try await consumer.next(limit: 100, wait: .seconds(30))
                ids.formUnion(taken.ids)
                try await consumer.acknowledge(taken)
            }
            return ids
        }
        for count in [1000, 3000] {
            try await eventually { await confirmed.count >= count }
            await server.kill()
            _ = try await server.url()
        }
        try await publishing.value
        #expect(try await taking.value == Set(messages(0..<6000).map(\.id)))
        await consumer.close()
        await broker.close()
    }

    @Test func aClusterOfThreeGoesOnWithoutTheNodeThatWasKilled() async throws {
        let site = try RabbitMQSite(nodes: ["one", "two", "three"])
        var nodes: [RabbitMQServer] = []
        var ports: [UInt16] = []
        for name in ["one", "two", "three"] {
            let node = RabbitMQServer(name, site: site)
            _ = try await node.url()
            ports.append(await node.listeningPort)
            nodes.append(node)
        }
        let servers = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
        let broker = try await EventBrokers.open("amqp://guest:guest@\(servers)", options: patient, logger: testLogger)
        let topic = newTopic()
        let consumer = try await broker.consumer(of: topic, group: "stats")
        let confirmed = Confirmed()
        let publishing = Task {
            for start in stride(from: 0, to: 3000, by: 20) {
                try await broker.publish(messages(start..<start + 20), to: topic)
                await confirmed.add(20)
            }
        }
        try await eventually { await confirmed.count >= 500 }
        await nodes[0].kill()
        try await publishing.value
        var ids: Set<String> = []
        while ids.count < 3000 {
            let taken = try await consumer.next(limit: 100, wait: .seconds(30))
            if taken.isEmpty { break }
            ids.formUnion(taken.ids)
            try await consumer.acknowledge(taken)
        }
        #expect(ids.count == 3000)
        await consumer.close()
        await broker.close()
    }

    @Test func aQueueWithOtherSettingsIsRefused() async throws {
        let url = try await RabbitMQServer.shared.url()
        let topic = newTopic()
        let connection = try AMQPConnection.open(AMQPAddress(url))
        try connection.declareQueue("\(topic):stats", [("x-delivery-limit", .number(1000))])
        connection.close()
        try await withBroker(.rabbitMQ) { broker, _ in
            let error = await #expect(throws: BrokerError.self) {
                _ = try await broker.consumer(of: topic, group: "stats")
            }
            #expect(error?.kind == .refused)
            #expect(error?.problem.contains("remove it, or use another name") == true, "\(error?.problem ?? "")")
            #expect(error?.description.contains("guest:") == false)
        }
    }

    @Test func credentialsBesideTheURLAreThoseThatAreTold() async throws {
        let url = try await RabbitMQServer.shared.url().replacing("guest:guest@", with: "")
        for password in ["guest", "wrong"] {
            let broker = try await EventBrokers.open(
                url, credentials: Credentials(user: "guest", password: password), logger: testLogger)
            do {
                await (try broker.consumer(of: newTopic(), group: "stats")).close()
                #expect(password == "guest")
            } catch {
                #expect(password == "wrong")
                #expect(error.kind == .refused)
            }
            await broker.close()
        }
    }

    @Test func whatNoGroupWouldGetIsNotTaken() async throws {
        try await withBroker(.rabbitMQ) { broker, topic in
            let error = await #expect(throws: BrokerError.self) {
                try await broker.publish(messages(0..<3), to: topic)
            }
            #expect(error?.kind == .noGroup)
            let consumer = try await broker.consumer(of: topic, group: "stats")
            try await broker.publish(messages(0..<3), to: topic)
            #expect(try await consumer.take(3).count == 3)
            await consumer.close()
        }
    }

    @Test func aFullQueueTakesNoMoreUntilItIsConsumed() async throws {
        try await BrokerUnderTest(.rabbitMQ).use({ ($0.keptBytes, $0.prefetch) = (100_000, 10) }) { broker, topic in
            let consumer = try await broker.consumer(of: topic, group: "stats")
            var sent = 0
            let refusal = await #expect(throws: BrokerError.self) {
                while sent < 10_000 {
                    try await broker.publish(messages(sent..<sent + 20, bytes: 1000), to: topic)
                    sent += 20
                }
            }
            #expect(refusal?.kind == .full)
            var ids: Set<String> = []
            while ids.count < sent {
                let taken = try await consumer.next(limit: 10, wait: .seconds(30))
                ids.formUnion(taken.ids)
                try await consumer.acknowledge(taken)
            }
            try await eventually {
                do {
                    try await broker.publish(messages(0..<1), to: topic)
                    return true
                } catch {
                    return false
                }
            }
            await consumer.close()
        }
    }

    @Test func aServerThatTakesNoMoreBytesIsNotWaitedForWithoutEnd() async throws {
        let server = RabbitMQServer()
        var options = BrokerOptions()
        options.publishPatience = .seconds(2)
        let broker = try await EventBrokers.open(try await server.url(), options: options, logger: testLogger)
        let topic = newTopic()
        let consumer = try await broker.consumer(of: topic, group: "stats")
        // Its memory alarm: it reads nothing more from who publishes.
        try await server.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.000001).")
        let error = await #expect(throws: BrokerError.self) {
            try await broker.publish(messages(0..<2000, bytes: 20_000), to: topic)
        }
        #expect(error?.kind == .unavailable)
        try await server.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.4).")
        try await broker.publish(messages(0..<20), to: topic)
        await consumer.close()
        await broker.close()
    }

    @Test func aSubscriberCanBindToOneKey() async throws {
        let url = try await RabbitMQServer.shared.url()
        try await withBroker(.rabbitMQ) { broker, topic in
            let connection = try AMQPConnection.open(AMQPAddress(url))
            try connection.declareTopic(topic)
            try connection.declareQueue("\(topic):one", [])
            try connection.bind("\(topic):one", to: topic, key: "client-1")
            let all = try await broker.consumer(of: topic, group: "all")
            try await broker.publish(messages(0..<9), to: topic)
            var ids: [String] = []
            while let (_, content) = try connection.get("\(topic):one") { ids.append(content.message.id) }
            #expect(ids == ["m1", "m4", "m7"])
            connection.close()
            await all.close()
        }
    }

    @Test func overTLSOnlyAServerThatIsTrustedGetsThePassword() async throws {
        let (url, certificate) = try await RabbitMQServer.shared.encrypted()
        let byAddress = url.replacingOccurrences(of: "localhost", with: "127.0.0.1")
        for (url, trusted) in [(url, certificate), (url, nil), (byAddress, certificate)] {
            let run = try await onThread {
                try ProgramRun.run(
                    productsFolder.appendingPathComponent("broker-member").path, [url, newTopic(), "measure", "100"],
                    trusted.map { ["SSL_CERT_FILE": $0] } ?? [:])
            }
            let isGood = url.contains("localhost") && trusted != nil
            #expect((run.status == 0 && !run.wasEndedBySignal) == isGood, "\(run.error)")
            if !isGood { #expect(run.error.contains("have the server's certificate trusted: SSL_CERT_FILE")) }
        }
    }

    @Test func aServerThatIsNotThereAndOneThatRefusesAreToldApart() async throws {
        let url = try await RabbitMQServer.shared.url()
        let wrong = url.replacingOccurrences(of: "guest:guest", with: "guest:secret")
        let away = "amqp://guest:secret@127.0.0.1:\(try ServerProcess.freePort())"
        for (url, kind) in [(wrong, BrokerError.Kind.refused), (away, .unavailable)] {
            var options = BrokerOptions()
            options.publishPatience = .milliseconds(300)
            let broker = try await EventBrokers.open(url, options: options, logger: testLogger)
            let published = await #expect(throws: BrokerError.self) {
                try await broker.publish(messages(0..<1), to: newTopic())
            }
            let consumed = await #expect(throws: BrokerError.self) {
                _ = try await broker.consumer(of: newTopic(), group: "stats")
            }
            for error in [published, consumed] {
                #expect(error?.kind == kind)
                #expect(error?.description.contains("secret") == false)
            }
            await broker.close()
        }
    }
}

/// How many messages were confirmed.
actor Confirmed {
    private(set) var count = 0

    func add(_ more: Int) { count += more }
}
