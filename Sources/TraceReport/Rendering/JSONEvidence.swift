/// The member `evidence`: what was recorded beside the logs, as by strace. It is there where something was.
struct JSONEvidence {
    let evidence: EvidenceSummary
    /// The functions that are written; nil: all.
    let functions: Set<FunctionPlace>?

    func write(to json: inout JSONWriter) {
        guard !evidence.sources.isEmpty else { return }
        json.object("evidence") { json in
            json.array("sources") { json in evidence.sources.forEach { write($0, to: &json) } }
            json.object("logs") { json in
                json.member("sync_spans", evidence.spans)
                json.member("async_spans", evidence.omissions.asyncSpans.count)
                json.member("spans_beyond_limit", evidence.omissions.spansBeyondLimit)
                json.member("spans_without_time", evidence.omissions.spansWithoutTime)
                json.member("ambiguous_threads", evidence.omissions.ambiguousThreads)
                json.member("clock_drift_ns", evidence.omissions.clockDriftNanoseconds)
            }
            json.array("functions") { json in
                for function in evidence.functions where functions?.contains(function.place) ?? true {
                    write(function, to: &json)
                }
            }
        }
    }

    private func write(_ source: Evidence.Source, to json: inout JSONWriter) {
        json.object { json in
            json.member("source", source.name)
            json.member("lines", source.counts.lines)
            json.member("unreadable", source.counts.unreadable)
            json.member("without_duration", source.counts.withoutDuration)
            json.member("from", source.stretch.map { WallTime(nanoseconds: $0.lowerBound).rfc3339 })
            json.member("to", source.stretch.map { WallTime(nanoseconds: $0.upperBound).rfc3339 })
            json.member("threads", source.threads)
            json.member("threads_with_spans", source.threadsWithSpans)
            write("events", source.events, to: &json)
            write("joined", source.joined, to: &json)
            json.object("unjoined") { json in
                for reason in Evidence.UnjoinedReason.allCases {
                    write(reason.rawValue, source.unjoined[reason] ?? .init(), to: &json)
                }
            }
        }
    }

    private func write(_ key: String, _ amount: Evidence.Amount, to json: inout JSONWriter) {
        json.object(key) { json in
            json.member("count", amount.count)
            json.member("total_ns", amount.nanoseconds)
        }
    }

    private func write(_ function: FunctionEvidence, to json: inout JSONWriter) {
        json.object { json in
            json.members(of: function.place)
            write("watched", function.watched, to: &json)
            json.member("own_ns", function.ownNanoseconds)
            json.array("activities") { json in function.activities.forEach { write($0, to: &json) } }
        }
    }

    private func write(_ activity: FunctionEvidence.Activity, to json: inout JSONWriter) {
        json.object { json in
            json.member("call", activity.activity.name)
            json.member("kind", activity.activity.kind.rawValue)
            json.member("target", activity.activity.target)
            json.member("count", activity.amount.count)
            json.member("total_ns", activity.amount.nanoseconds)
            json.member("own_count", activity.own.count)
            json.member("own_ns", activity.own.nanoseconds)
            json.member("max_ns", activity.maximumNanoseconds)
            json.array("errors") { json in
                for error in activity.errors {
                    json.object { json in
                        json.member("type", error.type)
                        json.member("count", error.count)
                    }
                }
            }
        }
    }
}
