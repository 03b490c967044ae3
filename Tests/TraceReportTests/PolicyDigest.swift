import Foundation
import TestSupport
import Testing

/// Returns the SHA-256 of a script or style as a page's content security policy has it: by another program, in Base64.
func sha256(of text: String) throws -> String {
    let sum = try ProgramRun.run("sha256sum", input: Array(text.utf8))
    let digits = sum.output.prefix(64)
    try #require(sum.status == 0 && digits.count == 64)
    let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
    return Data(bytes).base64EncodedString()
}
