import NIOCore
import NIOPosix
import NIOSSL

/// A request that got no answer.
enum ExchangeFailure: Error, Equatable, CustomStringConvertible {
    case cannotConnect(String)
    /// `responseBegan` says whether any byte of an answer came before.
    case closed(responseBegan: Bool, reason: String?)
    case noProgress(seconds: Int)
    case endlessAnswer(seconds: Int)
    case malformed(String)
    case headTooLarge
    /// An answer to nothing that was asked.
    case unasked
    /// An answer that a picture was taken, which was not sent to its end.
    case earlySuccess(Int)

    var description: String {
        switch self {
        case .cannotConnect(let reason): "cannot connect: \(reason)"
        case .closed(let responseBegan, let reason):
            "the server closed the connection \(responseBegan ? "within its answer" : "without an answer")"
                + (reason.map { ": \($0)" } ?? "")
        case .noProgress(let seconds): "no progress for \(seconds) s; is the server stuck? --timeout allows longer"
        case .endlessAnswer(let seconds): "the answer had no end after \(seconds) s; --timeout allows longer"
        case .malformed(let what): "the answer is not HTTP: \(PrintableText.line(what, limit: 80))"
        case .headTooLarge: "the answer's header is larger than \(ServerResponse.headLimitBytes / 1024) KiB"
        case .earlySuccess(let status): "the server answered \(status) before it had the whole picture"
        case .unasked: "the server answers what it was not asked"
        }
    }

    /// Why a connection could not be opened, alone.
    var reason: String {
        if case .cannotConnect(let reason) = self { reason } else { description }
    }

    /// Whether the server closed the connection and said nothing: on a kept one, for idleness (RFC 9112, 9.3.1).
    var isSilentClose: Bool {
        if case .closed(responseBegan: false, _) = self { true } else { false }
    }

    /// Tells what a channel's error means to an exchange.
    init(_ error: any Error, responseBegan: Bool) {
        switch error {
        case let failure as ExchangeFailure: self = failure
        case let error as IOError:
            self = .closed(responseBegan: responseBegan, reason: SystemFailure(code: error.errnoCode).description)
        case is ChannelError: self = .closed(responseBegan: responseBegan, reason: nil)
        default:
            self = .closed(
                responseBegan: responseBegan, reason: PrintableText.line(String(describing: error), limit: 120))
        }
    }

    /// Tells why a connection could not be opened.
    static func connecting(_ error: any Error) -> ExchangeFailure {
        switch error {
        case let error as ExchangeFailure: return error
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return connecting(first.error) }
            if error.dnsAError != nil || error.dnsAAAAError != nil {
                return .cannotConnect("the host's name cannot be resolved")
            }
            return .cannotConnect("the host has no address")
        case let error as IOError: return .cannotConnect(SystemFailure(code: error.errnoCode).description)
        case ChannelError.connectTimeout: return .cannotConnect("the server does not answer in time")
        case is ChannelError: return .cannotConnect("the server closed the connection")
        case NIOSSLError.handshakeFailed(let error):
            return .cannotConnect(
                "the TLS handshake failed: \(PrintableText.line(String(describing: error), limit: 200))")
        case let error as NIOSSLExtraError:
            return .cannotConnect(PrintableText.line(String(describing: error), limit: 200))
        default: return .cannotConnect(PrintableText.line(String(describing: error), limit: 120))
        }
    }
}
