import Foundation
import Testing
import TraceReport

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads what the formats of samples hold.
enum SampleFormats {
    /// Each format of samples, as bytes.
    static let all = all(of: .samples)

    /// Each format of profilers, as bytes.
    static func all(of content: ProfileContent) -> [@Sendable (Report) -> [UInt8]] {
        let renderers: [any Renderer] = [
            CollapsedRenderer(of: content), SpeedscopeRenderer(of: content), FlameGraphRenderer(of: content),
            PprofRenderer(of: content),
        ]
        return renderers.map { renderer in { renderer.encoded($0) } }
    }

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

extension SampleFormats {
    /// The stacks of one of speedscope's profiles, whose members are what its schema asks for.
    static func stacks(ofSpeedscope text: String, profile index: Int = 0) throws -> [[String]: UInt64] {
        let file = try object(text)
        #expect(file["$schema"] as? String == "https://www.speedscope.app/file-format-schema.json")
        let frames = try #require((file["shared"] as? [String: Any])?["frames"] as? [[String: Any]])
        for frame in frames {
            #expect(Set(frame.keys).isSubset(of: ["name", "file", "line", "col"]))
            if let line = frame["line"] as? Int { #expect(line > 0) }
        }
        let names = try frames.map { try #require($0["name"] as? String).replacing(" (async)", with: "") }
        let profile = try #require((file["profiles"] as? [[String: Any]])?[index])
        #expect(
            Set(profile.keys) == ["type", "name", "unit", "startValue", "endValue", "samples", "weights"])
        #expect(profile["type"] as? String == "sampled")
        let units = ["none", "nanoseconds", "microseconds", "milliseconds", "seconds", "bytes"]
        #expect(units.contains(try #require(profile["unit"] as? String)))
        let samples = try #require(profile["samples"] as? [[Int]])
        let weights = try #require(profile["weights"] as? [UInt64])
        #expect(samples.count == weights.count)
        #expect(profile["endValue"] as? UInt64 == weights.reduce(0, +))
        var stacks: [[String]: UInt64] = [:]
        for (sample, weight) in zip(samples, weights) {
            try #require(sample.allSatisfy(names.indices.contains))
            stacks[sample.map { names[$0] }, default: 0] += weight
        }
        return stacks
    }

    /// The stacks that the nodes of a flame graph stand for: what a node has more than those below it is its own.
    static func stacks(ofFlameGraph page: String) throws -> [[String]: UInt64] {
        let json = try object(try #require(try PageParser.parse(page).texts["script:application/json"]))
        let names = try #require(json["frames"] as? [[String]]).map { $0[0] }
        var stacks: [[String]: UInt64] = [:]
        var open: [String] = []
        for node in try #require(json["nodes"] as? [[UInt64]]) {
            let sum = node[2...].reduce(0, +)
            open.removeLast(open.count - Int(node[0]))
            if !open.isEmpty { stacks[open, default: 0] -= sum }
            open.append(names[Int(node[1])])
            stacks[open, default: 0] += sum
        }
        return stacks.filter { $0.value > 0 }
    }

    /// The members of a JSON object.
    static func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
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
