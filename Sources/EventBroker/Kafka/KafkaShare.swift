/// The partitions that a member has, and what of them is done.
struct KafkaShare {
    /// A partition of one of the topics that are consumed.
    struct Place: Hashable {
        let topic: String
        let partition: Int32
    }

    /// How often the share has changed. What was handed out before is void.
    private(set) var epoch: UInt64 = 0
    private var places: [Place] = []
    private var progress: [Place: KafkaProgress] = [:]
    private var moved: Set<Place> = []

    /// How many messages were handed out and not acknowledged.
    var openCount: Int { progress.values.reduce(0) { $0 + $1.openCount } }

    /// Begins with other partitions.
    mutating func replace(_ places: [Place]) {
        epoch += 1
        self.places = places
        progress = [:]
        moved = []
    }

    /// Notes a message that is handed out; nil if its partition is another member's by now.
    mutating func deliver(_ record: KafkaMessage) -> Delivery.Receipt? {
        let place = Place(topic: record.topic, partition: record.partition)
        guard let queue = places.firstIndex(of: place) else { return nil }
        progress[place, default: KafkaProgress()].deliver(record.offset)
        return Delivery.Receipt(epoch: epoch, queue: Int32(queue), number: record.offset)
    }

    /// Notes acknowledgements; those that are void are passed over.
    mutating func acknowledge(_ receipts: [Delivery.Receipt]) {
        for receipt in receipts where receipt.epoch == epoch {
            let place = places[Int(receipt.queue)]
            if progress[place]?.acknowledge(receipt.number) == true { moved.insert(place) }
        }
    }

    /// The offsets to commit, of partitions where they have moved since this was called last.
    mutating func takePositions() -> [(place: Place, offset: Int64)] {
        defer { moved = [] }
        return moved.compactMap { place in progress[place]?.position.map { (place, $0) } }
    }
}
