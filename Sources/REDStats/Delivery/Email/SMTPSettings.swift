import CCurl
import EventBroker
import Foundation

/// The operator's mail server.
package struct SMTPSettings: Sendable {
    /// `smtp://HOST:PORT` (STARTTLS) or `smtps://HOST:PORT` (TLS from the beginning).
    package let server: String
    /// Who the mails are from.
    package let from: EmailAddress
    /// Whether nothing is sent without TLS. Where it is not, TLS is used if the server offers it.
    package let requiresTLS: Bool
    package let credentials: Credentials?
    /// Where mails say one can end them; `{subscription}` in it becomes the subscription's id. Nil: they do not say.
    package let unsubscribe: String?

    /// A mail server.
    ///
    /// - Throws: ``SettingsMistake``: what is wrong, with which value.
    package init(
        server: String, from: String, requiresTLS: Bool = true, credentials: Credentials? = nil,
        unsubscribe: String? = nil
    ) throws(SettingsMistake) {
        let hasScheme = ["smtp://", "smtps://"].contains { server.lowercased().hasPrefix($0) }
        guard hasScheme, WebURL(server, schemes: ["smtp", "smtps"]) != nil else {
            throw SettingsMistake("the mail server '\(server)' is not smtp://HOST:PORT or smtps://HOST:PORT")
        }
        guard let address = EmailAddress(from) else {
            throw SettingsMistake("mails cannot be from '\(from)': give an address as red-stats@example.org")
        }
        guard requiresTLS || credentials == nil else {
            throw SettingsMistake("the mail server '\(server)': a password is not sent without TLS; require it")
        }
        if let unsubscribe, !unsubscribe.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != 0x3C && $0 != 0x3E }) {
            throw SettingsMistake("'\(unsubscribe)' cannot stand in a mail as where to end mails: give a URL in ASCII")
        }
        self.server = server
        self.from = address
        self.requiresTLS = requiresTLS
        self.credentials = credentials
        self.unsubscribe = unsubscribe
    }
}

/// What is wrong with what the operator wants.
package struct SettingsMistake: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
