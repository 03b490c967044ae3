// A member of a group that can be killed, and a publisher in a process of its own:
//     broker-member URL TOPIC GROUP COUNT        takes COUNT messages, says `ready`, and waits without acknowledging
//     broker-member URL TOPIC publish COUNT      publishes COUNT messages, 100 at a time, and says how many were confirmed
//     broker-member URL TOPIC measure COUNT      publishes, then consumes COUNT messages, 500 at a time, and says how fast
import EventBroker
import Logging

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[4]) else {
    print("usage: broker-member URL TOPIC GROUP|publish|measure COUNT")
    exit(2)
}
let topic = arguments[2]
let broker = try await EventBrokers.open(arguments[1], logger: Logger(label: "broker-member"))

func publish(_ size: Int, _ confirmed: @Sendable (Int) -> Void) async throws {
    for start in stride(from: 0, to: count, by: size) {
        let messages = (start..<min(start + size, count)).map { number in
            BrokerMessage(
                id: "m\(number)", key: "client-\(number % 100)", body: [UInt8](repeating: 0x61, count: 300),
                traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        }
        try await broker.publish(messages, to: topic)
        confirmed(start + messages.count)
    }
}

@Sendable func say(_ text: String) {
    print(text)
    fflush(nil)
}

switch arguments[3] {
case "publish": try await publish(100) { say("\($0)") }
case "measure":
    let consumer = try await broker.consumer(of: topic, group: "measure")
    let clock = ContinuousClock()
    let publishing = try await clock.measure { try await publish(500) { _ in } }
    let consuming = try await clock.measure {
        var taken = 0
        while taken < count {
            let deliveries = try await consumer.next(limit: 500, wait: .seconds(30))
            try await consumer.acknowledge(deliveries)
            taken += deliveries.count
        }
    }
    await consumer.close()
    for (what, time) in [("published", publishing), ("consumed", consuming)] {
        say("\(what) \(Int(Double(count) / (time / .seconds(1)))) messages/s")
    }
    await broker.close()
default:
    let consumer = try await broker.consumer(of: topic, group: arguments[3])
    var taken = 0
    while taken < count { taken += try await consumer.next(limit: count - taken, wait: .seconds(30)).count }
    say("ready")
    try await Task.sleep(for: .seconds(3600))
}
