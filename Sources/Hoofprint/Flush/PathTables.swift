import CHoofprint
import TraceLog

/// Writes callsites, paths and their counters: what is new, and what changed since the last flush.
struct PathTables {
    private let store: Store
    private var writtenCallsites: UInt32 = 0
    private var writtenPaths: UInt32 = 0
    /// A path's calls, finished, failed and folded, when its stats were written last.
    private var writtenCalls: [UInt64] = [0]
    private var writtenErrors: [ErrorTable.Key: UInt64] = [:]
    private var writtenUsage: [UInt32: UsageRecord] = [:]
    /// Where a path's histogram is gathered.
    private var bucketRoom = [hp_bucket_count](repeating: hp_bucket_count(), count: DurationHistogram.bucketCount)

    init(_ store: Store) {
        self.store = store
    }

    /// Makes the next write give everything again, for a log that begins anew.
    mutating func startOver() {
        writtenCallsites = 0
        writtenPaths = 0
        writtenCalls = writtenCalls.map { _ in 0 }
        writtenErrors = [:]
        writtenUsage = [:]
    }

    /// Writes callsites and paths that are not in the log yet. A path's parent and callsite come before it.
    mutating func writeNames(to writer: inout RecordWriter) {
        // Paths first: every callsite and parent of a path that is counted in is there already.
        let paths = hp_path_count(store.memory)
        let callsites = hp_callsite_count(store.memory)
        while writtenCallsites < callsites {
            writtenCallsites += 1
            if let callsite = hp_callsite_at(store.memory, writtenCallsites) {
                writer.write(.callsite(Self.record(callsite)))
            }
        }
        while writtenPaths < paths {
            writtenPaths += 1
            if let path = hp_path_at(store.memory, writtenPaths) { writer.write(.path(Self.record(path))) }
        }
    }

    /// Writes the counters of the paths that changed.
    mutating func writeStats(_ scale: TickScale, to writer: inout RecordWriter) {
        while writtenCalls.count <= Int(writtenPaths) { writtenCalls.append(0) }
        for id in 1..<max(1, writtenPaths + 1) {
            let totals = hp_path_totals(store.memory, id)
            let calls = totals.count &+ totals.folded &+ totals.errors
            guard calls != writtenCalls[Int(id)] else { continue }
            writtenCalls[Int(id)] = calls
            let stats = record(path: id, totals, scale)
            for record in stats.split() { writer.write(record) }
        }
    }

    /// Writes the error types that were counted since the last flush.
    mutating func writeErrors(_ table: ErrorTable, to writer: inout RecordWriter) {
        for (key, count) in table.counts where key.path <= writtenPaths && writtenErrors[key] != count {
            writtenErrors[key] = count
            writer.write(.errors(ErrorsRecord(path: UInt64(key.path), type: key.type, count: count)))
        }
    }

    /// Writes what the requests of those roots used that changed.
    mutating func writeUsage(to writer: inout RecordWriter) {
        for id in 1..<max(1, writtenPaths + 1) {
            var usage = hp_usage()
            guard hp_path_usage(store.memory, id, &usage) else { continue }
            let record = UsageRecord(
                path: UInt64(id), minorFaults: usage.minor_faults, majorFaults: usage.major_faults,
                voluntarySwitches: usage.voluntary_switches, involuntarySwitches: usage.involuntary_switches,
                blocksIn: usage.blocks_in, blocksOut: usage.blocks_out)
            guard record != writtenUsage[id, default: UsageRecord(path: UInt64(id))] else { continue }
            writtenUsage[id] = record
            writer.write(.usage(record))
        }
    }

    private static func record(_ callsite: UnsafePointer<hp_callsite>) -> CallsiteRecord {
        let site = callsite.pointee
        var texts = UnsafeRawPointer(site.texts)
        func next(_ length: UInt32) -> String {
            let text = UnsafeRawBufferPointer(start: texts, count: Int(length))
            texts = texts.map { $0 + Int(length) }
            return String(decoding: text, as: UTF8.self)
        }
        let name = next(site.name_length)
        let file = next(site.file_length)
        let function = next(site.function_length)
        return CallsiteRecord(
            id: UInt64(site.id), name: name, function: function, file: file, line: UInt64(site.line))
    }

    private static func record(_ path: UnsafePointer<hp_path>) -> PathRecord {
        PathRecord(
            id: UInt64(path.pointee.id), parent: path.pointee.parent.map { UInt64($0.pointee.id) } ?? 0,
            callsite: UInt64(path.pointee.callsite.pointee.id), form: path.pointee.is_async ? .async : .sync)
    }

    private mutating func record(path id: UInt32, _ totals: hp_totals, _ scale: TickScale) -> StatsRecord {
        let written = Int(hp_path_buckets(store.memory, id, &bucketRoom))
        var histogram = DurationHistogram()
        for count in bucketRoom[..<written] {
            histogram.add(bucket: Int(count.bucket), occurrences: count.occurrences)
        }
        return StatsRecord(
            path: UInt64(id), count: totals.count, totalNanoseconds: scale.nanoseconds(totals.total),
            selfNanoseconds: scale.nanoseconds(totals.self_time), cpuNanoseconds: scale.nanoseconds(totals.cpu),
            maximumNanoseconds: scale.nanoseconds(totals.maximum), errors: totals.errors, folded: totals.folded,
            histogram: histogram)
    }
}
