import CRDKafka
import TestSupport

/// librdkafka's own servers, in this process, that speak Kafka's protocol: produce, fetch, groups, commits. They keep nothing
/// on a disk, know no administration, and their groups take three seconds to form.
final class KafkaMock: Sendable {
    /// The one that tests share.
    static let shared = Result { try KafkaMock() }

    // Sound to share: the cluster's functions hand their work to its own thread (rdkafka_mock.c).
    private nonisolated(unsafe) let client: OpaquePointer
    private nonisolated(unsafe) let cluster: OpaquePointer
    let url: String

    init() throws {
        var text = [CChar](repeating: 0, count: 256)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), &text, text.count),
            let cluster = rd_kafka_mock_cluster_new(client, 3), let servers = rd_kafka_mock_cluster_bootstraps(cluster)
        else { throw ServerProcess.Failure("librdkafka makes no mock cluster") }
        (self.client, self.cluster) = (client, cluster)
        url = "kafka://\(String(cString: servers))"
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(client)
    }

    /// Has all servers answer, or none.
    func setRunning(_ isRunning: Bool) {
        for server in 1...3 as ClosedRange<Int32> {
            _ =
                isRunning
                ? rd_kafka_mock_broker_set_up(cluster, server) : rd_kafka_mock_broker_set_down(cluster, server)
        }
    }
}
