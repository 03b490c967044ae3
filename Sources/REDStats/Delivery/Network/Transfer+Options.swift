import CCurl
import EventBroker

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension Transfer {
    /// Makes libcurl's handle for it.
    ///
    /// - Throws: In words, what libcurl does not take.
    func prepare() throws(TransferTrouble) {
        guard let handle = curl_easy_init() else { throw TransferTrouble("libcurl has no memory") }
        self.handle = handle
        let context = Unmanaged.passUnretained(self).toOpaque()
        try set(CURLOPT_PRIVATE, context)
        try set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(words))
        try set(CURLOPT_URL, request.url)
        // No signals, as we are not the only thread; and a name that is still looked up holds up no other transfer.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_TIMEOUT_MS, request.timeoutMilliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, min(request.timeoutMilliseconds, 5_000))
        // No proxy, not even of the environment: it would connect for us to where we must not.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NETRC, 0)
        // Where a name leads is asked for each connection: what was true a minute ago may be what is mended by now.
        try set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorities = request.authorities { try set(CURLOPT_CAINFO, authorities) }
        try set(CURLOPT_OPENSOCKETDATA, context)
        try check(hp_curl_set_open_socket_function(handle, openSocket), "CURLOPT_OPENSOCKETFUNCTION")
        for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA] { try set(option, context) }
        try check(hp_curl_set_bytes_function(handle, CURLOPT_HEADERFUNCTION, takeHead), "CURLOPT_HEADERFUNCTION")
        try check(hp_curl_set_bytes_function(handle, CURLOPT_WRITEFUNCTION, takeAnswer), "CURLOPT_WRITEFUNCTION")
        try check(hp_curl_set_bytes_function(handle, CURLOPT_READFUNCTION, giveBody), "CURLOPT_READFUNCTION")
        switch request.form {
        case .post(let headers): try preparePost(headers)
        case .mail(let from, let to, let smtp): try prepareMail(from, to, smtp)
        }
    }

    private func preparePost(_ headers: [String]) throws(TransferTrouble) {
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_POSTFIELDSIZE, request.body.count)
        let code = request.body.withUnsafeBytes { bytes in
            // Only read, and copied.
            hp_curl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
        try check(code, "CURLOPT_COPYPOSTFIELDS")
        try set(CURLOPT_HTTPHEADER, headers + ["Expect:", "User-Agent: hoofprint-red-stats"])
    }

    private func prepareMail(_ from: String, _ to: String, _ smtp: SMTPSettings) throws(TransferTrouble) {
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        let isRequired = smtp.requiresTLS
        try set(CURLOPT_USE_SSL, Int((isRequired ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue))
        if let credentials = smtp.credentials {
            try set(CURLOPT_USERNAME, credentials.user)
            try set(CURLOPT_PASSWORD, credentials.password)
        }
        try set(CURLOPT_MAIL_FROM, "<\(from)>")
        try set(CURLOPT_MAIL_RCPT, ["<\(to)>"])
        try set(CURLOPT_UPLOAD, 1)
        try set(CURLOPT_INFILESIZE, request.body.count)
        // Tells which command it was that failed.
        try set(CURLOPT_DEBUGDATA, Unmanaged.passUnretained(self).toOpaque())
        try check(hp_curl_set_debug_function(handle, noteCommand), "CURLOPT_DEBUGFUNCTION")
        try set(CURLOPT_VERBOSE, 1)
    }

    private func set(_ option: CURLoption, _ value: Int) throws(TransferTrouble) {
        try check(hp_curl_set_long(handle, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransferTrouble) {
        try check(hp_curl_set_text(handle, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws(TransferTrouble) {
        try check(hp_curl_set_pointer(handle, option, value), "option \(option.rawValue)")
    }

    private func set(_ option: CURLoption, _ values: [String]) throws(TransferTrouble) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            guard let longer = curl_slist_append(list, value) else {
                if let list { curl_slist_free_all(list) }
                throw TransferTrouble("libcurl has no memory")
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        try check(hp_curl_set_list(handle, option, list), "option \(option.rawValue)")
    }

    private func check(_ code: CURLcode, _ what: String) throws(TransferTrouble) {
        guard code == CURLE_OK else {
            throw TransferTrouble("libcurl does not take \(what): \(String(cString: curl_easy_strerror(code)))")
        }
    }
}

/// Why a transfer cannot begin.
struct TransferTrouble: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

// MARK: What libcurl calls, on the engine's thread, with the transfer that the handle belongs to.

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

/// Opens a socket for the address that is about to be connected to, if it may be.
private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let transfer = transfer(context), let address else { return curl_socket_t(-1) }
    if let policy = transfer.request.policy {
        guard let (target, port) = NetworkAddress.read(hp_curl_address(address)) else { return curl_socket_t(-1) }
        if let refusal = policy.refusal(of: target, port: port) {
            transfer.refusal = refusal
            return curl_socket_t(-1)
        }
    }
    let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.pointee.family, kind, address.pointee.protocol)
    if descriptor < 0, errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM {
        transfer.isOutOfSockets = true
    }
    return descriptor
}

/// Takes a line of a head, or of an SMTP server's answers.
private let takeHead: curl_write_callback = { bytes, size, count, context in
    guard let transfer = transfer(context), let bytes else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    transfer.bytesOfHead += line.count
    guard transfer.bytesOfHead <= Transfer.longestHead else { return 0 }
    if case .mail = transfer.request.form {
        if !transfer.hasQuit { transfer.lastReply = String(decoding: line.prefix(200), as: UTF8.self) }
    } else if line.elementsEqual("\r\n".utf8) || line.elementsEqual("\n".utf8) {
        transfer.hasHead = true
    }
    return line.count
}

/// Passes over an answer's body, up to a length.
private let takeAnswer: curl_write_callback = { _, size, count, context in
    guard let transfer = transfer(context) else { return 0 }
    transfer.bytesOfAnswer += size * count
    guard transfer.bytesOfAnswer <= Transfer.longestAnswer else {
        transfer.hasEnough = true
        return 0
    }
    return size * count
}

/// Hands over a mail.
private let giveBody: curl_write_callback = { bytes, size, count, context in
    guard let transfer = transfer(context), let bytes else { return 0 }
    let part = transfer.request.body[transfer.sent...].prefix(size * count)
    UnsafeMutableRawBufferPointer(start: bytes, count: size * count).copyBytes(from: part)
    transfer.sent += part.count
    return part.count
}

/// Remembers what the last command was about.
private let noteCommand: curl_debug_callback = { _, kind, bytes, count, context in
    guard kind == CURLINFO_HEADER_OUT, let transfer = transfer(context), let bytes else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: count)
    if line.starts(with: "QUIT".utf8) {
        // What comes with the end of a connection says nothing of the mail.
        transfer.hasQuit = true
    } else if !transfer.hasQuit {
        transfer.isAboutMail = line.starts(with: "RCPT TO:".utf8) || line.starts(with: "DATA\r".utf8)
    }
    return 0
}
