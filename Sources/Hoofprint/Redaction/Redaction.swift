/// What is taken out of texts before they are written: values whose name says that they are secret, and values that look
/// like a secret whatever their name.
///
/// It is asked for every attribute that ``AttributePolicy`` lets through, for the types of errors that are given as text and
/// for what samplers say they saw. In the place of a secret stands ``replacement``, in the log and in the ring file.
///
/// Names are compared without regard to case and to what is no letter or digit, and a word counts wherever it stands:
/// `token` hides `X-Auth-Token`, `accessToken` and `token_count`. The same holds for names inside a value, as in
/// `https://host/?api_key=…`, `Cookie: …`, `password='…'`, `{"secret": "…"}` and `--token …`.
///
/// By their looks are known, in any value: credentials after `Bearer` and `Basic`, JSON Web Tokens, `user:password@` in URLs,
/// private keys in PEM, and tokens with the well-known beginnings of ``knownBeginnings``.
///
/// What it cannot know is a secret that stands by itself, without a name or a form: leave such a thing out of attributes, or
/// give its key a word here.
///
/// Cost: some 5 µs for an attribute of 100 bytes, in mode `every` alone. Spans without attributes pay nothing.
public struct Redaction: Sendable, Equatable {
    /// What stands in the place of a secret.
    public static let replacement = "(redacted)"

    /// The words that name a secret by default.
    public static let standardWords: Set<String> = [
        "accesskey", "apikey", "authentication", "authorization", "bearer", "cookie", "credential", "credentials",
        "encryptionkey", "jwt", "passphrase", "passwd", "password", "passwort", "privatekey", "pwd", "secret",
        "sessionid", "sessionkey", "signature", "signingkey", "token",
    ]

    /// How well-known tokens begin: those of GitHub, GitLab, Slack, Stripe, AWS, Google, npm, PyPI, OpenAI and
    /// Anthropic, Hugging Face, and secrets of Standard Webhooks. At least 16 characters have to follow.
    public static let knownBeginnings = [
        "AIza", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "npm_", "pypi-",
        "rk_live_", "rk_test_", "sk-", "sk_live_", "sk_test_", "whsec_", "xapp-", "xoxa-", "xoxb-", "xoxp-", "xoxr-",
        "xoxs-",
    ]

    /// The words that name a secret, in lower case, letters and digits alone.
    public private(set) var words: Set<String> = []

    /// The words as they are looked for.
    private var patterns: [[UInt8]] = []

    /// Makes rules.
    ///
    /// - Parameter words: What names a secret. Without words, values are known by their looks alone.
    public init(words: Set<String> = standardWords) {
        for word in words { add(word) }
    }

    /// Adds a word: values whose name contains it are taken out. A word without a letter or digit is none, and not added.
    ///
    /// - Returns: Whether it was a word.
    @discardableResult
    public mutating func add(_ word: String) -> Bool {
        let pattern = Self.squeezed(word.utf8)
        guard !pattern.isEmpty else { return false }
        if words.insert(String(decoding: pattern, as: UTF8.self)).inserted { patterns.append(pattern) }
        return true
    }

    /// Takes a word away.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    public mutating func remove(_ word: String) -> Bool {
        let pattern = Self.squeezed(word.utf8)
        patterns.removeAll { $0 == pattern }
        return words.remove(String(decoding: pattern, as: UTF8.self)) != nil
    }

    /// Whether the values of such a name are taken out, whatever they look like.
    public func hides(_ name: String) -> Bool { hides(name.utf8) }

    /// Returns `text` without the secrets that are known by a name beside them or by their looks. What is behind the
    /// first 1,024 bytes is left out: a log has no room for it.
    public func cleaned(_ text: String) -> String { SecretScan(text, self).cleaned() }

    /// Returns what is written of the value of a name.
    func value(_ text: String, of name: String) -> String { hides(name) ? Self.replacement : cleaned(text) }

    func hides(_ name: some Collection<UInt8>) -> Bool {
        let squeezed = Self.squeezed(name)
        return patterns.contains { Self.contains(squeezed, $0) }
    }

    /// Whether both have the same words.
    public static func == (left: Redaction, right: Redaction) -> Bool { left.words == right.words }

    /// Letters in lower case and digits; bytes of characters outside ASCII as they are.
    private static func squeezed(_ name: some Collection<UInt8>) -> [UInt8] {
        name.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: byte
            default: nil
            }
        }
    }

    private static func contains(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        guard text.count >= pattern.count else { return false }
        return (0...text.count - pattern.count).contains { start in
            text[start] == pattern[0] && text[start...].starts(with: pattern)
        }
    }
}
