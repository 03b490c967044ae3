import CCurl

/// A URL as libcurl understands it, which is what connects to it: no two readers can differ.
struct WebURL {
    /// As libcurl writes it; addresses are in their usual form: `127.0.0.1` for `0x7f.1`.
    let text: String
    let scheme: String
    let host: String
    let port: Int

    /// Reads a URL without user, password and fragment; nil for anything else.
    init?(_ text: String, schemes: [String]) {
        guard (1...2_048).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let handle = curl_url()
        else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = Self.part(handle, CURLUPART_SCHEME), schemes.contains(scheme),
            let host = Self.part(handle, CURLUPART_HOST), !host.isEmpty,
            let port = Self.part(handle, CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }), port > 0,
            let whole = Self.part(handle, CURLUPART_URL)
        else { return nil }
        self.text = whole
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// The host's address, where it is one and no name.
    var address: NetworkAddress? {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        // A zone is no part of an address: such are link-local ones.
        let text = isBracketed ? host.dropFirst().dropLast() : host[...]
        return NetworkAddress(String(text.prefix { $0 != "%" }))
    }

    private static func part(_ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
