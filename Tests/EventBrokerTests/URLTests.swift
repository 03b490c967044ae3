import Foundation
import TestSupport
import Testing

@testable import EventBroker

/// How brokers are named.
@Suite struct URLTests {
    @Test(arguments: [
        ("embedded:/data/q.sqlite", "embedded:/data/q.sqlite"),
        ("amqp://localhost", "amqp://guest@localhost:5672"),
        ("amqps://red:s%40crt@mq.example/a%2Fb", "amqps://red@mq.example:5671/a%2Fb"),
        ("amqp://red:p:w@[::1]:1234/", "amqp://red@[::1]:1234/"),
        ("amqp://red:pw@a:1,b:2", "amqp://red@a:1,b:2"),
        ("kafka://a:9092,b:9093", "kafka://a:9092,b:9093"),
    ]) func urlsAreReadAndShownWithoutTheirPassword(_ text: String, _ shown: String) throws {
        #expect(try BrokerURL(text).description == shown)
    }

    @Test func thePartsOfAnAddressAreDecoded() throws {
        let address = try AMQPAddress("amqp://r%65d:s%40crt@[::1]:1234/a%2Fb")
        #expect(address.user == "red")
        #expect(address.password == "s@crt")
        #expect(address.virtualHost == "a/b")
        #expect(address.nodes == [AMQPAddress.Node(host: "::1", port: 1234)])
    }

    @Test func aFileSaysWhoAsksWhereTheURLDoesNot() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("credentials")
        for end in ["", "\n", "\r\n\r\n"] {
            try Data("red\(end.isEmpty ? "\n" : end.prefix(1))s@:/%41 é\(end)".utf8).write(to: file)
            let address = try AMQPAddress("amqp://a:1,b:2/v", Credentials(file: file.path))
            #expect(address.user == "red")
            #expect(address.password == "s@:/%41 é")
            #expect(address.description == "amqp://red@a:1,b:2/v")
        }
    }

    @Test(arguments: [
        "", "red", "red\n", "\nsecret", "red\nsecret\nmore", "red\n\u{0}" + String(repeating: "s", count: 5_000),
    ])
    func whatHasNoCredentialsIsRefusedWithoutWhatItHas(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("credentials")
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: CredentialsError.self) { try Credentials(file: file.path) }
        #expect(
            error?.description
                == "cannot use the credentials in '\(file.path)': it is not a line with the name and one with the password"
        )
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: CredentialsError.self) { try Credentials(file: "/no/such/file") }
        #expect(error?.description == "cannot use the credentials in '/no/such/file': No such file or directory")
    }

    @Test(arguments: ["amqp://u:pw@a", "amqps://u@a/v", "embedded:/q.sqlite", "kafka://a:1"])
    func credentialsThatCannotBeForTheURLAreRefused(_ url: String) throws {
        let credentials = Credentials(user: "red", password: "secret")
        let error = #expect(throws: BrokerError.self) { try BrokerURL(url, credentials) }
        #expect(error?.kind == .invalid)
        #expect(error?.problem.contains("leave") == true)
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [
        "", "embedded:", "redis://x", "amqp://", "amqp://u:secret@", "amqp://u:secret@h:99999", "amqp://u:secret@h/%zz",
        "kafka://", "kafka://a", "kafka://a:1,", "amqp://u:secret@a:1,,b:2", "kafka://u:secret@a:9092",
        "kafka://a:9092,u:secret@b:9092", "amqp://u:secret", "amqps://u:secret/v", "amqp://u:a/secret@h:x",
    ]) func whatIsNoBrokerIsRefused(_ text: String) throws {
        let error = #expect(throws: BrokerError.self) { try BrokerURL(text) }
        #expect(error?.kind == .invalid)
        #expect(error?.description.contains("secret") == false)
    }
}
