import Foundation

/// An ELF program or shared library of 64 bits (ELF gABI, "Program Header", "Dynamic Section"): what the loader reads of it.
struct ElfFile {
    /// Where the loader looks for what a file needs: its `DT_RUNPATH` or `DT_RPATH`.
    struct SearchPath {
        let isRunpath: Bool
        /// The folders as they stand there, with `$ORIGIN`.
        let text: String
        /// Where in the file the dynamic entry is.
        let entryOffset: Int
        /// Where in the file the text is. nil: others use a part of it, so that it must stay as it is.
        let textOffset: Int?
    }

    /// The versions of a library that a file was linked against: `libc.so.6` with `GLIBC_2.34` and others.
    struct VersionNeed: Hashable {
        let library: String
        let version: String
    }

    let path: String
    /// `e_machine`.
    let machine: Int
    /// The loader. nil: linked statically, or a library.
    private(set) var interpreter: String?
    private(set) var needed: [String] = []
    private(set) var searchPath: SearchPath?
    private(set) var versionNeeds: Set<VersionNeed> = []
    /// In hexadecimal digits; empty: none.
    private(set) var buildID = ""
    private(set) var hasDebugInformation = false

    private let segments: [Segment]

    private struct Segment {
        let type, offset, address, size: Int
    }

    /// Reads a file.
    ///
    /// - Throws: ``BundleError`` where it cannot be read, or is no such file.
    init(path: String) throws {
        self.path = path
        // Foundation's own words for this do not say why.
        guard access(path, R_OK) == 0 else {
            throw BundleError("cannot read '\(path)': \(String(cString: strerror(errno)))")
        }
        let bytes: [UInt8]
        do {
            // Read, not mapped: a file that is cut short meanwhile must not end the program.
            bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw BundleError("cannot read '\(path)': \(BundleError.reason(error))")
        }
        // Class 64, little-endian; both machines that Swift's Linux releases are for are.
        guard bytes.count >= 64, bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
            throw BundleError("'\(path)' is no 64-bit ELF program or library; name a program that swift build made")
        }
        let reader = Reader(bytes: bytes, path: path)
        machine = try reader.number(18, 2)
        segments = try reader.table(at: reader.number(32, 8), entries: reader.number(56, 2), of: 56).map { entry in
            Segment(
                type: try reader.number(entry, 4), offset: try reader.number(entry + 8, 8),
                address: try reader.number(entry + 16, 8), size: try reader.number(entry + 32, 8))
        }
        try read(reader)
    }

    /// Whether a text stands somewhere in the file.
    func contains(_ text: String) throws -> Bool {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path)).range(of: Data(text.utf8)) != nil
        } catch {
            throw BundleError("cannot read '\(path)': \(BundleError.reason(error))")
        }
    }

    // The numbers of the gABI and of glibc's elf.h.
    private static let dynamicSegment = 2, interpreterSegment = 3, noteSegment = 4, loadSegment = 1
    private static let needed = 1, stringTable = 5, symbolTable = 6, name = 14, rpath = 15, runpath = 29
    private static let versionsNeeded = 0x6fff_fffe, versionsNeededCount = 0x6fff_ffff
    private static let versionsDefined = 0x6fff_fffc, versionsDefinedCount = 0x6fff_fffd

    private mutating func read(_ reader: Reader) throws {
        for segment in segments {
            switch segment.type {
            case Self.interpreterSegment: interpreter = try reader.text(segment.offset)
            case Self.noteSegment where buildID.isEmpty: buildID = try Self.buildID(in: segment, reader)
            default: break
            }
        }
        let sections = try reader.table(at: reader.number(40, 8), entries: reader.number(60, 2), of: 64)
        hasDebugInformation = try Self.hasSection(".debug_info", among: sections, reader)
        if let dynamic = segments.first(where: { $0.type == Self.dynamicSegment }) {
            try readDynamic(dynamic, sections, reader)
        }
    }

    private mutating func readDynamic(_ dynamic: Segment, _ sections: [Int], _ reader: Reader) throws {
        var entries: [(tag: Int, value: Int, offset: Int)] = []
        for offset in stride(from: dynamic.offset, to: dynamic.offset + dynamic.size - 15, by: 16) {
            let tag = try reader.number(offset, 8)
            if tag == 0 { break }
            entries.append((tag, try reader.number(offset + 8, 8), offset))
        }
        func value(_ tag: Int) -> Int? { entries.first { $0.tag == tag }?.value }
        guard let strings = try value(Self.stringTable).map({ try fileOffset(of: $0) }) else { return }
        func text(_ offset: Int) throws -> String { try reader.text(strings + offset) }
        needed = try entries.filter { $0.tag == Self.needed }.map { try text($0.value) }

        // Offsets of strings that are used, to know whether one may be changed.
        var used = entries.filter { [Self.needed, Self.name, Self.rpath, Self.runpath].contains($0.tag) }.map(\.value)
        let dynamicSymbols = try sections.filter { try reader.number($0 + 4, 4) == 11 }
        for section in dynamicSymbols {
            let count = try reader.number(section + 32, 8) / 24
            used += try reader.table(at: reader.number(section + 24, 8), entries: count, of: 24)
                .map { try reader.number($0, 4) }
        }
        if let table = value(Self.versionsNeeded), let count = value(Self.versionsNeededCount) {
            try forEachVersion(at: fileOffset(of: table), count, (count: 2, first: 8, next: 12), reader) {
                entry, part in
                let (library, version) = (try reader.number(entry + 4, 4), try reader.number(part + 8, 4))
                used += [library, version]
                versionNeeds.insert(VersionNeed(library: try text(library), version: try text(version)))
            } nextPart: {
                try reader.number($0 + 12, 4)
            }
        }
        if let table = value(Self.versionsDefined), let count = value(Self.versionsDefinedCount) {
            try forEachVersion(at: fileOffset(of: table), count, (count: 6, first: 12, next: 16), reader) { _, part in
                used.append(try reader.number(part, 4))
            } nextPart: {
                try reader.number($0 + 4, 4)
            }
        }

        // Where both are, the loader reads DT_RUNPATH alone (ld.so(8)).
        let paths = entries.filter { [Self.rpath, Self.runpath].contains($0.tag) }
        guard let path = paths.first(where: { $0.tag == Self.runpath }) ?? paths.first else { return }
        let folders = try text(path.value)
        let users = used.filter { (path.value...path.value + folders.utf8.count).contains($0) }.count
        let isOwn = users == 1 && !dynamicSymbols.isEmpty && paths.count == 1
        searchPath = SearchPath(
            isRunpath: path.tag == Self.runpath, text: folders, entryOffset: path.offset,
            textOffset: isOwn ? strings + path.value : nil)
    }

    /// Walks version entries and their parts ("Symbol Versioning" in the Linux Standard Base).
    private func forEachVersion(
        at table: Int, _ entries: Int, _ fields: (count: Int, first: Int, next: Int), _ reader: Reader,
        _ body: (_ entry: Int, _ part: Int) throws -> Void, nextPart: (Int) throws -> Int
    ) throws {
        var entry = table
        for _ in 0..<entries {
            var part = try entry + reader.number(entry + fields.first, 4)
            for _ in 0..<(try reader.number(entry + fields.count, 2)) {
                try body(entry, part)
                part += try nextPart(part)
            }
            entry += try reader.number(entry + fields.next, 4)
        }
    }

    private func fileOffset(of address: Int) throws -> Int {
        let segment = segments.first {
            $0.type == Self.loadSegment && $0.address <= address && address - $0.address < $0.size
        }
        guard let segment else { throw Reader.damaged(path) }
        return address - segment.address + segment.offset
    }

    private static func buildID(in notes: Segment, _ reader: Reader) throws -> String {
        var offset = notes.offset
        while offset + 12 <= notes.offset + notes.size {
            let (nameSize, size) = (try reader.number(offset, 4), try reader.number(offset + 4, 4))
            let name = offset + 12
            let content = name + (nameSize + 3) / 4 * 4
            // NT_GNU_BUILD_ID.
            if try reader.number(offset + 8, 4) == 3, nameSize == 4, try reader.text(name) == "GNU" {
                return try (0..<size).map { index in
                    let byte = try reader.number(content + index, 1)
                    return (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined()
            }
            offset = content + (size + 3) / 4 * 4
        }
        return ""
    }

    private static func hasSection(_ name: String, among sections: [Int], _ reader: Reader) throws -> Bool {
        let index = try reader.number(62, 2)
        guard index < sections.count else { return false }
        let names = try reader.number(sections[index] + 24, 8)
        return try sections.contains { try reader.text(names + reader.number($0, 4)) == name }
    }

    /// Reads numbers and texts, none beyond the file.
    private struct Reader {
        let bytes: [UInt8]
        let path: String

        static func damaged(_ path: String) -> BundleError {
            BundleError("'\(path)' is a damaged ELF file: a table in it lies outside of it; build it anew")
        }

        /// Reads a little-endian number.
        func number(_ offset: Int, _ size: Int) throws -> Int {
            guard offset >= 0, offset <= bytes.count - size else { throw Self.damaged(path) }
            let value = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[offset + $1]) }
            // Sums of two stay below Int.max.
            guard value <= UInt64(Int.max / 4) else { throw Self.damaged(path) }
            return Int(value)
        }

        func text(_ offset: Int) throws -> String {
            guard offset >= 0, offset < bytes.count, let end = bytes[offset...].firstIndex(of: 0) else {
                throw Self.damaged(path)
            }
            return String(decoding: bytes[offset..<end], as: UTF8.self)
        }

        /// The offsets of a table's entries.
        func table(at offset: Int, entries: Int, of size: Int) throws -> [Int] {
            guard entries <= bytes.count / size, offset <= bytes.count - entries * size else {
                throw Self.damaged(path)
            }
            return (0..<entries).map { offset + $0 * size }
        }
    }
}

extension ElfFile {
    /// Replaces the search path in this file itself, if it has room for it.
    ///
    /// - Parameter isInherited: As `DT_RPATH`, which holds for the libraries too that the loader finds by it.
    /// - Returns: Whether it was done.
    func replaceSearchPath(with folders: String, isInherited: Bool) throws -> Bool {
        guard let searchPath, let offset = searchPath.textOffset, folders.utf8.count <= searchPath.text.utf8.count
        else {
            return false
        }
        do {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            // The rest is filled, so that no folder of this machine stays in it.
            let rest = Data(count: searchPath.text.utf8.count - folders.utf8.count)
            try file.seek(toOffset: UInt64(offset))
            try file.write(contentsOf: Data(folders.utf8) + rest)
            if isInherited {
                try file.seek(toOffset: UInt64(searchPath.entryOffset))
                try file.write(contentsOf: Data([UInt8(Self.rpath)]))
            }
            try file.close()
        } catch {
            throw BundleError("cannot change the search path in '\(path)': \(BundleError.reason(error))")
        }
        return true
    }
}
