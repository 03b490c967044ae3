import Testing

@testable import StatsPage

@Suite("The page's files")
struct StatsPageTests {
    @Test("The page is at /, and what is not there is nothing")
    func paths() throws {
        let page = try #require(StatsPage.asset("/"))
        #expect(page.mediaType == "text/html; charset=utf-8")
        #expect(String(decoding: page.bytes, as: UTF8.self).hasPrefix("<!doctype html>"))
        for path in ["", "/page", "/page/", "/page/page.css?", "/page/../page/page.css", "/index.html", "//"] {
            #expect(StatsPage.asset(path) == nil, "\(path)")
        }
        for asset in StatsPage.assets { #expect(StatsPage.asset(asset.path) == asset) }
    }

    @Test("ETags are strong, and each content has its own")
    func etags() {
        let tags = StatsPage.assets.map(\.etag)
        #expect(Set(tags).count == tags.count)
        #expect(tags.allSatisfy { $0.wholeMatch(of: /"[0-9a-f]+-[0-9a-f]+"/) != nil })
        #expect(PageAsset("/", "text/plain", [1]).etag != PageAsset("/", "text/plain", [2]).etag)
        #expect(PageAsset("/", "text/plain", [1]).etag == PageAsset("/a", "text/css", [1]).etag)
    }

    @Test("What the page's files name is there, and nothing is elsewhere")
    func references() {
        for asset in StatsPage.assets where !asset.path.contains("charts") {
            let text = String(decoding: asset.bytes, as: UTF8.self)
            for match in text.matches(of: /(?:src|href)="(\/[^"]*)"/) {
                #expect(StatsPage.asset(String(match.1)) != nil, "\(asset.path): \(match.1)")
            }
            for match in text.matches(of: /from "\.(\/[^"]*)"/) {
                #expect(StatsPage.asset("/page\(match.1)") != nil, "\(asset.path): \(match.1)")
            }
            #expect(text.matches(of: /(?:src|href)="(?!#|\/)/).isEmpty, "\(asset.path)")
        }
    }

    @Test("No script or style is in the page itself, and data never becomes HTML")
    func policy() {
        for asset in StatsPage.assets where !asset.path.contains("charts") {
            let text = String(decoding: asset.bytes, as: UTF8.self)
            for word in ["innerHTML", "outerHTML", "AdjacentHTML", "document.write", "eval(", "<style", " style="] {
                #expect(!text.contains(word), "\(asset.path): \(word)")
            }
            #expect(text.matches(of: /<script(?![^>]*src=)/).isEmpty, "\(asset.path)")
            #expect(text.matches(of: /<[a-z][^>]* on[a-z]+=/).isEmpty, "\(asset.path)")
        }
        let policy = StatsPage.headers.first { $0.name == "Content-Security-Policy" }?.value
        #expect(policy?.contains("unsafe") == false)
    }
}
