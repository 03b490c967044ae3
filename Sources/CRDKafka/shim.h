// librdkafka, and of it what Swift cannot call by itself: a variadic function.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// Hands a message over, copied. The headers become librdkafka's if it takes the message.
static inline rd_kafka_resp_err_t hp_kafka_produce(
    rd_kafka_t *client, const char *topic, const void *body, size_t body_size, const void *key, size_t key_size,
    rd_kafka_headers_t *headers, void *opaque) {
    return rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE((void *)body, body_size),
        RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}
