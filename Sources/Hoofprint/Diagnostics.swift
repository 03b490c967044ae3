import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What Hoofprint says for itself, on standard error, one line each.
package enum Diagnostics {
    /// Writes `hoofprint: message` in one piece to what was standard error at the start. What cannot be written at once is
    /// given up: there is nowhere else to say it, and a pipe that nobody reads must not hold the program up.
    package static func say(_ message: String) {
        var line = Array("hoofprint: \(printable(message))\n".utf8)
        if line.count > Int(PIPE_BUF) { line = line.prefix(Int(PIPE_BUF) - 1) + [UInt8(ascii: "\n")] }
        line.withUnsafeBytes { hp_say($0.baseAddress, $0.count) }
    }

    /// Returns `text` with control characters shown as `\u{…}`, at most 500 characters of it.
    static func printable(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(500) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// The text of an error number, as strerror(3) gives it.
    static func reason(_ code: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 128)
        let length = text.withUnsafeMutableBytes { hp_error_text(code, $0.baseAddress, $0.count) }
        return String(decoding: text[..<length], as: UTF8.self)
    }
}
