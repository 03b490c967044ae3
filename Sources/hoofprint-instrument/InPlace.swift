import Foundation

/// How what --in-place writes is told from the user's text, so that --remove can take it away.
enum InPlaceMark {
    static let open = "/*hoofprint<*/", close = "/*>hoofprint*/"

    /// A source without what was put in. nil: nothing was. Throws ``Failure`` where marks do not pair.
    static func removed(from source: [UInt8], file: String) throws -> [UInt8]? {
        let open = Array(Self.open.utf8), close = Array(Self.close.utf8)
        var result: [UInt8] = []
        var rest = source[...]
        var hasAny = false
        while let start = rest.firstRange(of: open) {
            guard let end = rest[start.upperBound...].firstRange(of: close) else {
                throw Failure(
                    "'\(file)': a '\(Self.open)' has no '\(Self.close)' after it; take away by hand what is between")
            }
            result += rest[..<start.lowerBound]
            rest = rest[end.upperBound...]
            hasAny = true
        }
        return hasAny ? result + rest : nil
    }
}
