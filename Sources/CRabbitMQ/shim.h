// librabbitmq, and of it what Swift cannot call by itself: variadic functions and casts in macros.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

// Logs in with user and password; the frame size is RabbitMQ's default.
static inline amqp_rpc_reply_t hp_amqp_login(
    amqp_connection_state_t state, const char *virtual_host, int heartbeat_seconds, const char *user,
    const char *password) {
    return amqp_login(state, virtual_host, 0, 131072, heartbeat_seconds, AMQP_SASL_METHOD_PLAIN, user, password);
}

static const amqp_method_number_t hp_amqp_ack = AMQP_BASIC_ACK_METHOD;
static const amqp_method_number_t hp_amqp_cancel = AMQP_BASIC_CANCEL_METHOD;
static const amqp_method_number_t hp_amqp_channel_close = AMQP_CHANNEL_CLOSE_METHOD;
static const amqp_method_number_t hp_amqp_connection_close = AMQP_CONNECTION_CLOSE_METHOD;
static const amqp_method_number_t hp_amqp_deliver = AMQP_BASIC_DELIVER_METHOD;
static const amqp_method_number_t hp_amqp_get_ok = AMQP_BASIC_GET_OK_METHOD;
static const amqp_method_number_t hp_amqp_nack = AMQP_BASIC_NACK_METHOD;
static const amqp_method_number_t hp_amqp_return = AMQP_BASIC_RETURN_METHOD;
