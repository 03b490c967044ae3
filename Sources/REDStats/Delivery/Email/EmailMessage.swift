import Foundation
import WallClock

/// A mail about alerts of one subscription (RFC 5322, RFC 2045).
///
/// What clients choose stands in it in encoded forms only, so it cannot end a line of the header.
struct EmailMessage {
    private let to: EmailAddress
    private let subscription: Subscription
    private let alerts: [Alert]
    private let smtp: SMTPSettings
    private let now: Timestamp

    /// - Parameter alerts: At least one, in order.
    init(to: EmailAddress, _ subscription: Subscription, _ alerts: [Alert], _ smtp: SMTPSettings, now: Timestamp) {
        self.to = to
        self.subscription = subscription
        self.alerts = alerts
        self.smtp = smtp
        self.now = now
    }

    /// The mail, its lines ended by CR LF.
    var bytes: [UInt8] {
        let body = Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return Array((header + ["", body, ""]).joined(separator: "\r\n").utf8)
    }

    private var header: [String] {
        let last = alerts.last.map { $0.sequence == alerts[0].sequence ? "" : "-\($0.sequence)" } ?? ""
        var lines = [
            "From: <\(smtp.from.text)>",
            "To: <\(to.text)>",
            "Subject: \(Self.encodedWords(subject))",
            "Date: \(now.httpText.dropLast("GMT".count))+0000",
            "Message-ID: <\(AlertMessage.id(of: alerts[0]))\(last)@\(smtp.from.domain)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            // RFC 3834: nobody is on holiday for this.
            "Auto-Submitted: auto-generated",
        ]
        if let unsubscribe = smtp.unsubscribe {
            lines.append("List-Unsubscribe: <\(unsubscribe.replacing("{subscription}", with: subscription.id))>")
        }
        return lines
    }

    private var subject: String {
        let name = subscription.name.map { " (\(Self.onOneLine($0)))" } ?? ""
        if alerts.count == 1 {
            return "\(Self.percent(alerts[0].red)) red: a picture of \(Self.onOneLine(alerts[0].client))\(name)"
        }
        let (client, above) = (Self.onOneLine(alerts[0].client), Self.percent(subscription.above))
        return "\(alerts.count) pictures of \(client) over \(above)\(name)"
    }

    private var text: String {
        let about = alerts.count == 1 ? "This picture has" : "These \(alerts.count) pictures have"
        let parts = alerts.map { alert in
            """
            \(Self.percent(alert.red)) red, received \(alert.time.text), over \(Self.percent(alert.above))
              picture: \(Self.onOneLine(alert.image))
              alert:   \(AlertMessage.id(of: alert))
            """
        }
        let name = subscription.name.map { " '\(Self.onOneLine($0))'" } ?? ""
        let end = "The subscription\(name) of \(Self.onOneLine(subscription.client)) asked for this: \(subscription.id)"
        return (["\(about) more red than was asked for."] + parts + [end]).joined(separator: "\n\n") + "\n"
    }

    /// Parts per million as per cent: `50.0001 %`.
    static func percent(_ partsPerMillion: Int) -> String {
        let (whole, rest) = partsPerMillion.quotientAndRemainder(dividingBy: 10_000)
        if rest == 0 { return "\(whole) %" }
        let digits = String(10_000 + rest).dropFirst()
        return "\(whole).\(digits.prefix(digits.count - digits.reversed().prefix { $0 == "0" }.count)) %"
    }

    /// A text without what breaks lines or turns writing around: those become spaces.
    static func onOneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }))
    }

    /// A text for a header, as words in Base64 (RFC 2047) of at most 64 characters, where it is not plain ASCII.
    static func encodedWords(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && text.utf8.count <= 60 && !text.contains("=?")
        if isPlain { return text }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            // 39 bytes are 52 characters of Base64, and 12 stand around them, and 9 before the first: a line has 76 at most.
            // No character is divided.
            if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
