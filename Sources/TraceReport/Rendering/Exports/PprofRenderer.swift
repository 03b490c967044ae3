/// A profile for pprof, packed by gzip as its files are. Of samples it has two values, `on_cpu` and `off_cpu`, in samples; of spans one,
/// `self`, in nanoseconds.
///
/// Source: https://github.com/google/pprof/blob/main/proto/profile.proto, whose field numbers these are.
public struct PprofRenderer: Renderer {
    /// What is shown.
    public let content: ProfileContent

    /// Makes a renderer.
    public init(of content: ProfileContent = .samples) {
        self.content = content
    }

    /// Returns the profile, a protocol buffer in gzip: the same bytes for the same report. Takes time in proportion to
    /// the number of stacks.
    public func render(_ report: Report) -> [UInt8] { GzipEncoder.packed(message(of: report)) }

    private func message(of report: Report) -> [UInt8] {
        let stacks = StackProfile(content, of: report)
        let unit = stacks.unit == .samples ? "count" : "nanoseconds"
        var strings = StringTable()
        var profile = ProtobufWriter()
        for measure in stacks.measures { valueType(measure.name, unit, &strings, field: 1, of: &profile) }
        stacks.forEachStack { frames, node in
            profile.field(2) { sample in
                sample.field(1, packed: frames.reversed().map { UInt64($0) + 1 })
                sample.field(2, packed: stacks.measures.map { Self.signed($0.own[node]) })
            }
        }
        writeFrames(of: stacks, program: report.processes.first?.program, &strings, to: &profile)
        if let start = report.processes.map(\.startWallNanoseconds).min() {
            profile.field(9, Self.signed(start))
            let end = report.processes.compactMap(\.endWallNanoseconds).max() ?? start
            profile.field(10, Self.signed(end > start ? end - start : 0))
        }
        valueType(stacks.unit == .samples ? "samples" : "self", unit, &strings, field: 11, of: &profile)
        profile.field(12, 1)
        let shown = stacks.measures.first { $0.sum > 0 } ?? stacks.measures.first
        if let shown { profile.field(14, strings.index(of: shown.name)) }
        for string in strings.strings { profile.field(6, string) }
        return profile.bytes
    }

    private func writeFrames(
        of stacks: StackProfile, program: String?, _ strings: inout StringTable, to profile: inout ProtobufWriter
    ) {
        // The first mapping is the program's.
        let modules = Set(stacks.frames.map(\.module) + [program ?? ""]).filter { !$0.isEmpty }
            .sorted { ($0 == program ? 0 : 1, $0) < ($1 == program ? 0 : 1, $1) }
        let idOfModule = Dictionary(uniqueKeysWithValues: zip(modules, 1...))
        for module in modules { mapping(module, id: UInt64(idOfModule[module] ?? 0), &strings, of: &profile) }
        for (index, frame) in stacks.frames.enumerated() {
            write(frame, id: UInt64(index) + 1, mapping: UInt64(idOfModule[frame.module] ?? 0), &strings, to: &profile)
        }
    }

    private func valueType(
        _ name: String, _ unit: String, _ strings: inout StringTable, field: UInt64, of profile: inout ProtobufWriter
    ) {
        let (type, unit) = (strings.index(of: name), strings.index(of: unit))
        profile.field(field) { value in
            value.field(1, type)
            value.field(2, unit)
        }
    }

    private func mapping(_ module: String, id: UInt64, _ strings: inout StringTable, of profile: inout ProtobufWriter) {
        let name = strings.index(of: module)
        profile.field(3) { mapping in
            mapping.field(1, id)
            mapping.field(5, name)
            // Functions are named already, so that pprof does not look for the files.
            mapping.field(7, 1)
        }
    }

    /// A location with one function, both of the frame's number.
    private func write(
        _ frame: StackProfile.Frame, id: UInt64, mapping: UInt64, _ strings: inout StringTable,
        to profile: inout ProtobufWriter
    ) {
        let (name, file) = (strings.index(of: frame.label), strings.index(of: frame.file))
        profile.field(4) { location in
            location.field(1, id)
            location.field(2, mapping)
            location.field(4) { line in
                line.field(1, id)
                line.field(2, Self.signed(frame.line))
            }
        }
        profile.field(5) { function in
            function.field(1, id)
            function.field(2, name)
            function.field(3, name)
            function.field(4, file)
        }
    }

    /// The format's numbers are signed.
    private static func signed(_ number: UInt64) -> UInt64 { min(number, UInt64(Int64.max)) }
}

/// Strings by number; number 0 is the empty one.
private struct StringTable {
    private(set) var strings = [""]
    private var indexOfString = ["": UInt64(0)]

    mutating func index(of string: String) -> UInt64 {
        if let known = indexOfString[string] { return known }
        strings.append(string)
        indexOfString[string] = UInt64(strings.count - 1)
        return UInt64(strings.count - 1)
    }
}
