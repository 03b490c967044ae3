import Logging

/// The drivers.
public enum EventBrokers {
    /// Opens a broker.
    ///
    /// - Parameters:
    ///   - text: One of
    ///     - `embedded:PATH`: a queue in a SQLite file, which the processes of one machine share; made if it is not there;
    ///     - `amqp://USER:PASSWORD@HOST:PORT/VHOST`, and `amqps://` over TLS: RabbitMQ; of a cluster several `HOST:PORT`,
    ///       with commas;
    ///     - `kafka://HOST:PORT,HOST:PORT`: Apache Kafka, and what speaks its protocol.
    ///   - credentials: Who asks a server of RabbitMQ, where the URL does not say it.
    ///   - options: Bounds.
    ///   - logger: Told of lost and regained connections, and of weak settings.
    /// - Throws: If the URL is not understood, or an embedded queue cannot be opened. Servers are first spoken to when
    ///   something is published or consumed: a program may start while its broker is away.
    public static func open(
        _ text: String, credentials: Credentials? = nil, options: BrokerOptions = BrokerOptions(), logger: Logger
    ) async throws(BrokerError) -> any EventBroker {
        let url = try BrokerURL(text, credentials)
        var logger = logger
        logger[metadataKey: "broker"] = "\(url)"
        switch url {
        case .embedded(let path): return try await EmbeddedBroker(path: path, options: options)
        case .amqp(let address): return AMQPBroker(address, options, logger)
        case .kafka(let servers): return KafkaBroker(servers, options, logger)
        }
    }
}
