import CHoofprint
import TraceLog

/// Turns the addresses of samples into locations, and writes the names of the functions there. Used by the flush thread alone.
///
/// Symbols are read from the objects' files where an address is new, in one pass over a file's symbols a flush: some 2 ms
/// for a library as large as Swift's or Foundation. Nothing of the symbols is kept but the places that were asked for.
///
/// Bounded: ``maximumPlaces`` places and ``maximumFunctions`` functions a session, which are at most some 3 MiB of memory, and of
/// lines 3 MiB where names are as long as in most programs, and 12 MiB where all are as long as they may be.
struct CodeNames {
    private var loaded = LoadedModules()
    /// Places whose function was asked for, and those of them that are to be written.
    private var places: Set<CodeLocation> = []
    private var newPlaces: [CodeLocation] = []
    private var writtenModules = 0
    private var writtenFunctions: Set<CodeLocation> = []
    private var hasToldBound = false

    /// Places whose functions are looked for.
    static let maximumPlaces = 65_536
    /// Functions that are written.
    static let maximumFunctions = 16_384

    /// Makes ``stack(of:)`` notice what was loaded and unloaded. A library that comes and goes between two flushes is missed.
    mutating func becomeStale() { loaded.becomeStale() }

    /// Returns where a sample was, and nothing where it has no stack.
    mutating func stack(of sample: Sample) -> SampleRecord.Stack? {
        guard !sample.frames.isEmpty || !sample.callers.isEmpty else { return nil }
        let maximum = Sample.maximumFrames
        var frames: [CodeLocation] = []
        for (index, address) in sample.frames.prefix(maximum).enumerated() {
            frames.append(loaded.location(of: address, isReturnAddress: index > 0))
        }
        var callers: [CodeLocation] = []
        for address in sample.callers.prefix(maximum) {
            callers.append(loaded.location(of: address, isReturnAddress: false))
        }
        return SampleRecord.Stack(
            frames: frames, callers: callers,
            isCut: sample.isCut || sample.frames.count > maximum || sample.callers.count > maximum,
            isPhysicalOnly: sample.isPhysicalOnly)
    }

    /// Sees to it that the functions of a stack are named in the log.
    mutating func need(_ stack: SampleRecord.Stack) {
        for (index, frame) in stack.frames.enumerated() { need(index == 0 ? frame : frame.ofCall) }
        for caller in stack.callers { need(caller) }
    }

    private mutating func need(_ place: CodeLocation) {
        guard place.module > 0, places.count < Self.maximumPlaces, places.insert(place).inserted else { return }
        newPlaces.append(place)
    }

    /// Writes modules and functions that are not in the log, for a stack that is about to be written.
    mutating func write(to writer: inout RecordWriter) {
        for module in loaded.modules[writtenModules...] { writer.write(.module(module.record)) }
        writtenModules = loaded.modules.count
        guard !newPlaces.isEmpty else { return }
        let sorted = newPlaces.sorted { $0.rawValue < $1.rawValue }
        newPlaces = []
        var rest = sorted[...]
        while let module = rest.first?.module {
            let end = rest.firstIndex { $0.module != module } ?? rest.endIndex
            writeFunctions(at: rest[..<end], of: loaded.modules[Int(module) - 1], to: &writer)
            rest = rest[end...]
        }
    }

    private mutating func writeFunctions(
        at places: ArraySlice<CodeLocation>, of module: LoadedModules.Module, to writer: inout RecordWriter
    ) {
        guard let file = module.file else { return }
        for symbol in FunctionSearch.functions(
            inFile: file, layout: module.record.layout, module: module.record.id, at: places.map(\.address))
        {
            guard let start = CodeLocation(module: UInt16(module.record.id), address: symbol.start) else { continue }
            guard !writtenFunctions.contains(start) else { continue }
            guard writtenFunctions.count < Self.maximumFunctions else { return tellBound() }
            writtenFunctions.insert(start)
            writer.write(.symbol(symbol))
        }
    }

    private mutating func tellBound() {
        guard !hasToldBound else { return }
        hasToldBound = true
        Diagnostics.say(
            "samplers have seen more than \(Self.maximumFunctions) functions; what comes now has no names in the log, and "
                + "'trace-report --symbols FILE' finds them in the program's file")
    }

    /// Makes the next write give everything again.
    mutating func startOver() {
        writtenModules = 0
        writtenFunctions = []
        newPlaces = Array(places)
    }
}
