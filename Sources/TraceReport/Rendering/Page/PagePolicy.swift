/// What a page may do: run its own script, and nothing else.
enum PagePolicy {
    /// The content security policy. A test computes the digests anew.
    static let text =
        "default-src 'none'; script-src 'sha256-\(scriptDigest)'; style-src 'sha256-\(styleDigest)'; "
        + "base-uri 'none'; form-action 'none'"

    /// SHA-256 of ``PageScript/text`` in base 64.
    private static let scriptDigest = "1hpASHGNDWXvy6BmN1VxIH86FK5+z05iD54ce1n8CEI="
    /// SHA-256 of ``PageStyle/text`` in base 64.
    private static let styleDigest = "9GmwV/RJ2JoIhwcjIdmJN3VjAoLjPorLeS0cgt/ZSa4="
}
