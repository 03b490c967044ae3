// A member of a group that can be killed, and a publisher in a process of its own:
//     broker-member URL TOPIC GROUP COUNT        takes COUNT messages, says `ready`, and waits without acknowledging
//     broker-member URL TOPIC publish COUNT      publishes COUNT messages
import EventBroker
import Logging

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[4]) else {
    print("usage: broker-member URL TOPIC GROUP|publish COUNT")
    exit(2)
}
let broker = try await EventBrokers.open(arguments[1], logger: Logger(label: "broker-member"))
if arguments[3] == "publish" {
    let messages = (0..<count).map { BrokerMessage(id: "m\($0)", key: "client", body: Array("\($0)".utf8)) }
    try await broker.publish(messages, to: arguments[2])
} else {
    let consumer = try await broker.consumer(of: arguments[2], group: arguments[3])
    var taken = 0
    while taken < count { taken += try await consumer.next(limit: count - taken, wait: .seconds(30)).count }
    print("ready")
    fflush(nil)
    try await Task.sleep(for: .seconds(3600))
}
