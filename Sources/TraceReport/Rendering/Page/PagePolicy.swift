/// What a page may do: run its own script, and nothing else.
enum PagePolicy {
    /// The content security policy. A test computes the digests anew.
    static let text =
        "default-src 'none'; script-src 'sha256-\(scriptDigest)'; style-src 'sha256-\(styleDigest)'; "
        + "base-uri 'none'; form-action 'none'"

    /// SHA-256 of ``PageScript/text`` in base 64.
    private static let scriptDigest = "AwKKlo2A7NAZ9HiwGagZ8/Fg8BmR+O2g+ei9R0WX6Z4="
    /// SHA-256 of ``PageStyle/text`` in base 64.
    private static let styleDigest = "vkq/pygV18VKWUpfyceLnk4Vdi6UmACIGvlo7qDyll4="
}
