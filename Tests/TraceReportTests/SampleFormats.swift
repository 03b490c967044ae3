import Foundation
import TraceReport

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads what the formats of samples hold.
enum SampleFormats {
    /// Each format of samples, as bytes.
    static let all: [@Sendable (Report) -> [UInt8]] = [
        { Array(CollapsedRenderer().render($0).utf8) }, { Array(SpeedscopeRenderer().render($0).utf8) },
        { Array(FlameGraphRenderer().render($0).utf8) }, { PprofRenderer().encoded($0) },
    ]

    static let hostileNames = [
        "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\u{1b}]0;title\u{7}\u{9b}31m",
        "a;b;c 12",
        "a\nb\r\nc\u{2028}d", "\"'`${x}\\\"", "]]>", "<!--", "&lt;&amp", "\u{202e}\u{2066}gnp", "\u{0}", "é日本", "%n%s",
        String(repeating: "long", count: 128), "=1+1", " ", "",
    ]

    /// Whether a text holds line feeds and printable characters only.
    static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let isObeyed: [Unicode.GeneralCategory] = [.control, .format, .lineSeparator, .paragraphSeparator]
            return scalar == "\n" || !isObeyed.contains(scalar.properties.generalCategory)
        }
    }

    /// Samples by stack as frames' names, outermost first, of collapsed stacks.
    static func stacks(ofCollapsed text: String) -> [[String]: UInt64] {
        var stacks: [[String]: UInt64] = [:]
        for line in text.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "), let count = UInt64(line[space...].dropFirst()) else { continue }
            let names = line[..<space].split(separator: ";", omittingEmptySubsequences: false).map { name in
                String(name.replacing("_[a]", with: "").replacing("_[i]", with: ""))
            }
            stacks[names, default: 0] += count
        }
        return stacks
    }
}

/// A page, read by an XML parser.
final class PageParser: NSObject, XMLParserDelegate {
    private(set) var tags: [String] = []
    private(set) var attributes: Set<String> = []
    private(set) var texts: [String: String] = [:]

    static func parse(_ page: String) throws -> PageParser {
        let reader = PageParser()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
        return reader
    }

    private var key = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        tags.append(name)
        self.attributes.formUnion(attributes.keys)
        key = name + (attributes["type"].map { ":" + $0 } ?? "")
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { texts[key, default: ""] += text }
    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        texts[key, default: ""] += String(decoding: block, as: UTF8.self)
    }
}
