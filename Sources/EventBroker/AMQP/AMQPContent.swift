import CRabbitMQ

/// A message on its way to RabbitMQ.
struct AMQPOutgoing: Sendable {
    /// The exchange; empty: the routing key names a queue.
    let exchange: String
    let routingKey: String
    let message: BrokerMessage
    /// Why it is a dead letter, and after how many deliveries.
    var death: (reason: String, attempts: Int)?

    /// The headers that carry what AMQP's properties do not.
    enum Header {
        static let key = "hoofprint-key"
        static let traceParent = "traceparent"
        static let reason = "hoofprint-reason"
        static let attempts = "hoofprint-attempts"
    }

    /// The headers of the message.
    var headers: [(String, AMQPScratch.Value)] {
        var headers: [(String, AMQPScratch.Value)] = [(Header.key, .text(message.key))]
        if let parent = message.traceParent { headers.append((Header.traceParent, .text(parent))) }
        if let death {
            headers += [(Header.reason, .text(death.reason)), (Header.attempts, .number(Int64(death.attempts)))]
        }
        return headers
    }
}

/// A message as it came from RabbitMQ.
struct AMQPContent: Sendable {
    let message: BrokerMessage
    /// How often it was given back before; quorum queues count.
    let deliveryCount: Int
    /// Why a consumer rejected it.
    let reason: String?
    /// After how many deliveries that was.
    let attempts: Int?

    /// Copies a message.
    init(_ content: amqp_message_t) {
        var (id, key, parent, reason) = ("", "", String?.none, String?.none)
        var (count, attempts) = (0, Int?.none)
        let properties = content.properties
        if properties._flags & UInt32(AMQP_BASIC_MESSAGE_ID_FLAG) != 0 { id = properties.message_id.text }
        if properties._flags & UInt32(AMQP_BASIC_HEADERS_FLAG) != 0 {
            for entry in UnsafeBufferPointer(
                start: properties.headers.entries, count: Int(properties.headers.num_entries))
            {
                switch entry.key.text {
                case AMQPOutgoing.Header.key: key = entry.value.text ?? ""
                case AMQPOutgoing.Header.traceParent: parent = entry.value.text
                case AMQPOutgoing.Header.reason: reason = entry.value.text
                case AMQPOutgoing.Header.attempts: attempts = entry.value.number
                case "x-delivery-count": count = entry.value.number ?? 0
                default: break
                }
            }
        }
        message = BrokerMessage(id: id, key: key, body: content.body.array, traceParent: parent)
        deliveryCount = count
        self.reason = reason
        self.attempts = attempts
    }
}

extension amqp_bytes_t {
    /// The bytes, copied.
    var array: [UInt8] { Array(UnsafeRawBufferPointer(start: bytes, count: len)) }

    /// The bytes as text, copied; what is no UTF-8 is replaced.
    var text: String { String(decoding: UnsafeRawBufferPointer(start: bytes, count: len), as: UTF8.self) }
}

extension amqp_field_value_t {
    /// A text.
    fileprivate var text: String? {
        let kind = UInt32(kind)
        return kind == AMQP_FIELD_KIND_UTF8.rawValue || kind == AMQP_FIELD_KIND_BYTES.rawValue ? value.bytes.text : nil
    }

    /// An integer.
    fileprivate var number: Int? {
        switch UInt32(kind) {
        case AMQP_FIELD_KIND_I8.rawValue: Int(value.i8)
        case AMQP_FIELD_KIND_U8.rawValue: Int(value.u8)
        case AMQP_FIELD_KIND_I16.rawValue: Int(value.i16)
        case AMQP_FIELD_KIND_U16.rawValue: Int(value.u16)
        case AMQP_FIELD_KIND_I32.rawValue: Int(value.i32)
        case AMQP_FIELD_KIND_U32.rawValue: Int(value.u32)
        case AMQP_FIELD_KIND_I64.rawValue: Int(value.i64)
        case AMQP_FIELD_KIND_U64.rawValue: Int(clamping: value.u64)
        default: nil
        }
    }
}

/// Memory for what is handed to librabbitmq during one call.
final class AMQPScratch {
    /// A value of a table.
    enum Value {
        case text(String)
        case number(Int64)
    }

    private var pool = amqp_pool_t()

    /// Memory in pages of 4 KiB.
    init() { init_amqp_pool(&pool, 4096) }

    deinit { empty_amqp_pool(&pool) }

    /// Takes all memory back.
    func recycle() { recycle_amqp_pool(&pool) }

    /// A text's bytes.
    func bytes(_ text: String) -> amqp_bytes_t {
        var result = amqp_bytes_t()
        var text = text
        text.withUTF8 { source in
            guard let start = source.baseAddress, !source.isEmpty else { return }
            amqp_pool_alloc_bytes(&pool, source.count, &result)
            // Memory is out; the call that gets no bytes is refused by the broker.
            result.bytes?.copyMemory(from: start, byteCount: source.count)
            if result.bytes == nil { result.len = 0 }
        }
        return result
    }

    /// A table.
    func table(_ values: [(String, Value)]) -> amqp_table_t {
        let size = MemoryLayout<amqp_table_entry_t>.stride * values.count
        guard let memory = amqp_pool_alloc(&pool, size) else { return amqp_empty_table }
        let entries = memory.bindMemory(to: amqp_table_entry_t.self, capacity: values.count)
        for (index, (name, value)) in values.enumerated() {
            var field = amqp_field_value_t()
            switch value {
            case .text(let text):
                field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                field.value.bytes = bytes(text)
            case .number(let number):
                field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
                field.value.i64 = number
            }
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(name), value: field))
        }
        return amqp_table_t(num_entries: Int32(values.count), entries: entries)
    }

    /// A message's properties: on the disk, with its id and headers.
    func properties(_ outgoing: AMQPOutgoing) -> amqp_basic_properties_t {
        var properties = amqp_basic_properties_t()
        properties._flags = UInt32(
            AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG
                | AMQP_BASIC_HEADERS_FLAG)
        properties.content_type = bytes("application/cloudevents+json")
        properties.delivery_mode = UInt8(AMQP_DELIVERY_PERSISTENT.rawValue)
        properties.message_id = bytes(outgoing.message.id)
        properties.headers = table(outgoing.headers)
        return properties
    }
}
