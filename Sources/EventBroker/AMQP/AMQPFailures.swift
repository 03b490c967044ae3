import CRabbitMQ

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension AMQPConnection {
    /// Throws why a call gave no answer.
    func check<Answer>(_ answer: UnsafeMutablePointer<Answer>?, _ action: String) throws(BrokerError) {
        if answer == nil { try check(amqp_get_rpc_reply(state), action) }
    }

    /// Throws why a call failed.
    func check(_ reply: amqp_rpc_reply_t, _ action: String) throws(BrokerError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw serverFailure(reply.reply, action)
        default: throw failure(reply.library_error, action)
        }
    }

    /// An error of librabbitmq, after which the connection is lost.
    func failure(_ code: Int32, _ action: String) -> BrokerError {
        // A connection that is lost is not said goodbye to.
        isOpen = false
        let text = amqp_error_string2(code).map { String(cString: $0) } ?? "error \(code)"
        let isUntrusted =
            (AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue...AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue)
            .contains(code)
        if isUntrusted {
            return BrokerError(.refused, "\(address)", "\(text); have the server's certificate trusted: SSL_CERT_FILE")
        }
        return BrokerError(
            .unavailable, "\(address)", "cannot \(action): \(text); look whether it runs and is reachable")
    }

    /// An error that the broker closes the channel or the connection with.
    func serverFailure(_ method: amqp_method_t, _ action: String) -> BrokerError {
        isOpen = false
        guard let decoded = method.decoded else { return failure(AMQP_STATUS_CONNECTION_CLOSED.rawValue, action) }
        // Both methods begin with the code and the text, see amqp_framing.h.
        let code: UInt16
        let text: String
        if method.id == hp_amqp_channel_close {
            let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            (code, text) = (close.reply_code, close.reply_text.text)
        } else {
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            (code, text) = (close.reply_code, close.reply_text.text)
        }
        let problem = "cannot \(action): \(text)"
        switch Int32(code) {
        case AMQP_PRECONDITION_FAILED:
            return BrokerError(
                .refused, "\(address)",
                "\(problem); it exists with other settings than those that keep messages safe: remove it, or use another name"
            )
        case AMQP_ACCESS_REFUSED, AMQP_NOT_ALLOWED:
            return BrokerError(.refused, "\(address)", "\(problem); look at the user, its password and its rights")
        default: return BrokerError(.unavailable, "\(address)", problem)
        }
    }
}

/// Whom a server's certificate is to be signed by.
enum AMQPTrust {
    /// A file of certificates: `SSL_CERT_FILE`, or the system's.
    static var certificates: String {
        if let name = getenv("SSL_CERT_FILE") { return String(cString: name) }
        return "/etc/ssl/certs/ca-certificates.crt"
    }
}
