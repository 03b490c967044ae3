import Testing

@testable import TraceReport

@Suite("Places in the source")
struct PlaceTests {
    @Test("one that is too long loses its module first, and keeps the begin and the end of the file's name")
    func shortened() {
        let place = FunctionPlace(name: "request", file: "Interceptors/ClientInterceptor.swift", line: 149)
        let shown = [40, 30, 20, 1].map { TextFindings.position(of: place, columns: $0) }
        let whole = "Interceptors/ClientInterceptor.swift:149"
        #expect(shown == [whole, "…/ClientInterceptor.swift:149", "ClientInte…swift:149", "…"])
    }
}
