import CDW
import TraceReport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The DWARF debug information of a file (DWARF Debugging Information Format, version 5), read with elfutils' libdw. Used by
/// one thread at a time.
///
/// Few compilers write the table of addresses that libdw looks functions up by (`.debug_aranges`), so one is made here: of
/// compilation units at first, and of the functions in a unit when it is first asked about.
final class DebugInformation {
    private struct Range<Value> {
        var start: UInt64
        var end: UInt64
        var value: Value
    }

    private let descriptor: Int32
    private let elf: OpaquePointer
    private let dwarf: OpaquePointer
    private var units: [Range<Dwarf_Off>] = []
    private var functionsOfUnit: [Dwarf_Off: [Range<Dwarf_Off>]] = [:]

    /// Deeper nesting than compilers make.
    private static let maximumDepth = 256

    /// Opens a file. Nil: it has no debug information that can be read.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        elf_version(UInt32(EV_CURRENT))
        // Read, not mapped: a file that is cut short meanwhile must not end the program.
        guard let elf = elf_begin(descriptor, ELF_C_READ, nil) else {
            close(descriptor)
            return nil
        }
        guard let dwarf = dwarf_begin_elf(elf, DWARF_C_READ, nil) else {
            elf_end(elf)
            close(descriptor)
            return nil
        }
        self.elf = elf
        self.dwarf = dwarf
        units = readUnits()
    }

    deinit {
        dwarf_end(dwarf)
        elf_end(elf)
        close(descriptor)
    }

    private func readUnits() -> [Range<Dwarf_Off>] {
        var units: [Range<Dwarf_Off>] = []
        var offset: Dwarf_Off = 0
        while true {
            var next: Dwarf_Off = 0
            var headerSize = 0
            guard dwarf_nextcu(dwarf, offset, &next, &headerSize, nil, nil, nil) == 0, next > offset else { break }
            var unit = Dwarf_Die()
            let position = offset + Dwarf_Off(headerSize)
            if dwarf_offdie(dwarf, position, &unit) != nil { Self.addRanges(of: &unit, position, to: &units) }
            offset = next
        }
        return units.sorted { $0.start < $1.start }
    }

    private static func addRanges(of die: inout Dwarf_Die, _ value: Dwarf_Off, to ranges: inout [Range<Dwarf_Off>]) {
        var base: Dwarf_Addr = 0
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var offset = dwarf_ranges(&die, 0, &base, &start, &end)
        while offset > 0 {
            // Code that the linker left out is said to be at 0.
            if start > 0, end > start { ranges.append(Range(start: start, end: end, value: value)) }
            let next = dwarf_ranges(&die, offset, &base, &start, &end)
            guard next > offset else { break }
            offset = next
        }
    }

    private static func value(at address: UInt64, in ranges: [Range<Dwarf_Off>]) -> Dwarf_Off? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        return ranges[max(0, low - 8)..<low].last { address < $0.end }?.value
    }

    /// Returns the functions at an address, innermost first; empty: none is known there.
    func functions(at address: UInt64) -> [SourceFunction] {
        guard let unitOffset = Self.value(at: address, in: units) else { return [] }
        var unit = Dwarf_Die()
        guard dwarf_offdie(dwarf, unitOffset, &unit) != nil else { return [] }
        let functions = functions(of: &unit, at: unitOffset)
        var chain: [Dwarf_Die] = []
        var function = Dwarf_Die()
        if let offset = Self.value(at: address, in: functions), dwarf_offdie(dwarf, offset, &function) != nil {
            chain = Self.inlined(in: function, at: address)
        }
        return described(chain, in: &unit, at: address)
    }

    private func functions(of unit: inout Dwarf_Die, at offset: Dwarf_Off) -> [Range<Dwarf_Off>] {
        if let known = functionsOfUnit[offset] { return known }
        var found: [Range<Dwarf_Off>] = []
        Self.addFunctions(below: &unit, depth: 0, to: &found)
        found.sort { $0.start < $1.start }
        functionsOfUnit[offset] = found
        return found
    }

    private static func addFunctions(below parent: inout Dwarf_Die, depth: Int, to found: inout [Range<Dwarf_Off>]) {
        guard depth < maximumDepth else { return }
        forEachChild(of: &parent) { child in
            switch Int(dwarf_tag(&child)) {
            case DW_TAG_subprogram:
                addRanges(of: &child, dwarf_dieoffset(&child), to: &found)
                addFunctions(below: &child, depth: depth + 1, to: &found)
            case DW_TAG_namespace, DW_TAG_module, DW_TAG_structure_type, DW_TAG_class_type, DW_TAG_union_type,
                DW_TAG_enumeration_type, DW_TAG_lexical_block:
                addFunctions(below: &child, depth: depth + 1, to: &found)
            default: break
            }
        }
    }

    private static func forEachChild(of parent: inout Dwarf_Die, _ body: (inout Dwarf_Die) -> Void) {
        var child = Dwarf_Die()
        guard dwarf_child(&parent, &child) == 0 else { return }
        while true {
            var next = Dwarf_Die()
            let hasNext = dwarf_siblingof(&child, &next) == 0
            body(&child)
            guard hasNext else { return }
            child = next
        }
    }

    /// The function and those inlined at an address, outermost first.
    private static func inlined(in function: Dwarf_Die, at address: UInt64) -> [Dwarf_Die] {
        var chain = [function]
        var scope: Dwarf_Die? = function
        var depth = 0
        while var parent = scope, depth < maximumDepth {
            scope = nil
            depth += 1
            forEachChild(of: &parent) { child in
                let tag = dwarf_tag(&child)
                guard scope == nil, tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block,
                    dwarf_haspc(&child, address) == 1
                else { return }
                if tag == DW_TAG_inlined_subroutine { chain.append(child) }
                scope = child
            }
        }
        return chain
    }

    /// Each function with the line it was at: the innermost that of the address, the others where the next was called.
    private func described(_ chain: [Dwarf_Die], in unit: inout Dwarf_Die, at address: UInt64) -> [SourceFunction] {
        var place = Self.place(at: address, in: &unit)
        guard !chain.isEmpty else {
            return place.file == nil ? [] : [SourceFunction(name: nil, file: place.file, line: place.line)]
        }
        var functions: [SourceFunction] = []
        for (depth, function) in chain.enumerated().reversed() {
            var function = function
            functions.append(
                SourceFunction(
                    name: Self.name(of: &function), file: place.file, line: place.line, isInlined: depth > 0))
            if depth > 0 { place = Self.callPlace(of: &function, in: &unit) }
        }
        return functions
    }

    private typealias Place = (file: String?, line: Int?)

    private static func place(at address: UInt64, in unit: inout Dwarf_Die) -> Place {
        guard let row = dwarf_getsrc_die(&unit, address) else { return (nil, nil) }
        var line: Int32 = 0
        dwarf_lineno(row, &line)
        return (dwarf_linesrc(row, nil, nil).map { String(cString: $0) }, line > 0 ? Int(line) : nil)
    }

    private static func callPlace(of die: inout Dwarf_Die, in unit: inout Dwarf_Die) -> Place {
        let line = number(UInt32(DW_AT_call_line), of: &die)
        var files: OpaquePointer?
        var count = 0
        guard let index = number(UInt32(DW_AT_call_file), of: &die),
            dwarf_getsrcfiles(&unit, &files, &count) == 0, index < UInt64(count)
        else { return (nil, line.flatMap { Int(exactly: $0) }) }
        let file = dwarf_filesrc(files, Int(index), nil, nil).map { String(cString: $0) }
        return (file, line.flatMap { $0 > 0 ? Int(exactly: $0) : nil })
    }

    private static func number(_ name: UInt32, of die: inout Dwarf_Die) -> UInt64? {
        var attribute = Dwarf_Attribute()
        var value: Dwarf_Word = 0
        guard dwarf_attr(&die, name, &attribute) != nil, dwarf_formudata(&attribute, &value) == 0 else { return nil }
        return value
    }

    private static func name(of die: inout Dwarf_Die) -> String? {
        for name in [UInt32(DW_AT_linkage_name), UInt32(DW_AT_MIPS_linkage_name)] {
            var attribute = Dwarf_Attribute()
            if dwarf_attr_integrate(&die, name, &attribute) != nil, let text = dwarf_formstring(&attribute) {
                return String(cString: text)
            }
        }
        return dwarf_diename(&die).map { String(cString: $0) }
    }
}
