import CCurl

/// What is to be sent by libcurl, once.
struct TransferRequest: Sendable {
    /// By which protocol, and what it wants to know.
    enum Form: Sendable {
        /// POST over HTTP or HTTPS. Redirects are not followed, proxies not used.
        case post(headers: [String])
        case mail(from: String, to: String, SMTPSettings)
    }

    let url: String
    let form: Form
    /// What is sent: a request's body, a mail with its header.
    let body: [UInt8]
    /// How long all of it may take, in milliseconds.
    let timeoutMilliseconds: Int
    /// Which addresses may be connected to; nil: all.
    var policy: AddressPolicy?
    /// A file of certificates, in PEM, of the authorities that are trusted; nil: the system's.
    var authorities: String?
}

/// What became of it.
struct TransferResult: Sendable {
    /// Nil: it was sent, and answered in whole, or as far as answers are read.
    var problem: String?
    /// The answer's status, HTTP's or SMTP's; 0 without one.
    var status = 0
    /// What the other asked us to wait, in seconds.
    var retryAfter: Int?
    /// SMTP: whether the last command was about the recipient or the mail, and the last line that came.
    var isAboutMail = false
    var lastReply = ""
    /// Whether the problem is this machine's or its settings', whoever is at the other end.
    var isOurs = false
    /// Whether it was ended by us.
    var isCancelled = false

    static let cancelled = TransferResult(problem: "it was ended", isCancelled: true)
}

/// One that is under way.
///
/// Unchecked: the engine's thread alone touches it once it was handed over; libcurl calls back on that thread.
final class Transfer: @unchecked Sendable {
    let number: UInt64
    let request: TransferRequest
    let done: CheckedContinuation<TransferResult, Never>
    var handle: UnsafeMutableRawPointer?
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// libcurl's words for what is wrong.
    let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// How much of the body was handed to libcurl.
    var sent = 0
    var bytesOfHead = 0, bytesOfAnswer = 0
    var hasHead = false, hasEnough = false, hasQuit = false
    /// Whether no socket could be had.
    var isOutOfSockets = false
    /// Why the last address was not connected to.
    var refusal: String?
    var isAboutMail = false
    var lastReply = ""

    /// The most bytes that are read of an answer, and of its head.
    static let longestAnswer = 4_096, longestHead = 65_536

    init(_ number: UInt64, _ request: TransferRequest, _ done: CheckedContinuation<TransferResult, Never>) {
        self.number = number
        self.request = request
        self.done = done
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        if let handle { curl_easy_cleanup(handle) }
        for list in lists { curl_slist_free_all(list) }
        words.deallocate()
    }

    /// What became of it, when libcurl is done with it.
    func result(_ code: CURLcode) -> TransferResult {
        var result = TransferResult(isAboutMail: isAboutMail, lastReply: lastReply)
        var status = 0
        _ = hp_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        result.status = status
        var wait: curl_off_t = 0
        if hp_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK, wait > 0 {
            result.retryAfter = Int(wait)
        }
        // A status in a whole head counts, whatever becomes of the rest of the answer.
        guard code != CURLE_OK, !hasEnough, !(hasHead && status >= 200) else { return result }
        let ours = [CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_INITFAILED]
        result.isOurs = ours.contains(code) || isOutOfSockets
        if let refusal, code == CURLE_COULDNT_CONNECT {
            result.problem = refusal
        } else {
            let text = String(cString: words)
            result.problem = PrintableText.make(text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
        }
        return result
    }
}

/// Words of others, for logs: printable ASCII, and not too much of it.
enum PrintableText {
    static func make(_ text: some StringProtocol) -> String {
        String(
            decoding: text.utf8.prefix(200).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
