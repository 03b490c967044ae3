import TraceLog

/// What a request waited for, put together by function.
struct CriticalPath {
    /// A function's part of the path.
    struct Part: Equatable {
        let place: FunctionPlace
        /// How many of its spans are on the path.
        var spans: UInt64
        /// How long the request waited for their own code, nanoseconds.
        var nanoseconds: UInt64
        /// The part of the request's duration, 0…1.
        var share: Double
    }

    /// The functions, in the order in which the request first waited for them.
    let parts: [Part]

    init(of request: RequestSummary) {
        var parts: [Part] = []
        var indexOfPlace: [FunctionPlace: Int] = [:]
        var isCounted: Set<Int> = []
        for segment in request.criticalPath where request.spans.indices.contains(segment.span) {
            let place = request.spans[segment.span].place
            let index = indexOfPlace[place] ?? parts.count
            if index == parts.count {
                indexOfPlace[place] = index
                parts.append(Part(place: place, spans: 0, nanoseconds: 0, share: 0))
            }
            if isCounted.insert(segment.span).inserted { parts[index].spans += 1 }
            let time = segment.endNanoseconds - min(segment.endNanoseconds, segment.startNanoseconds)
            parts[index].nanoseconds = saturatingSum(parts[index].nanoseconds, time)
        }
        self.parts = parts.map { part in
            var part = part
            if request.durationNanoseconds > 0 {
                part.share = Double(part.nanoseconds) / Double(request.durationNanoseconds)
            }
            return part
        }
    }
}
