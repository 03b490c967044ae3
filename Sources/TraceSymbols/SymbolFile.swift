import CDW
import CHoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Which build an ELF file is of.
struct SymbolFile {
    let path: String
    /// Whether the file itself was named, not a folder that it is in.
    let isNamed: Bool
    /// In hexadecimal digits; empty: none.
    let buildID: String
    /// See "The record format".
    let layout: UInt64

    /// Reads a file's marks; nil: it is no 64-bit ELF file that could have run, or no debug information of one.
    init?(path: String, isNamed: Bool) {
        layout = hp_file_layout(path)
        guard layout != 0 else { return nil }
        self.path = path
        self.isNamed = isNamed
        buildID = Self.buildID(ofFile: path)
    }

    private static func buildID(ofFile path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        elf_version(UInt32(EV_CURRENT))
        guard let elf = elf_begin(descriptor, ELF_C_READ, nil) else { return "" }
        defer { elf_end(elf) }
        var bytes: UnsafeRawPointer?
        let count = dwelf_elf_gnu_build_id(elf, &bytes)
        guard count > 0, let bytes else { return "" }
        // A module's is cut at 32 bytes.
        return UnsafeRawBufferPointer(start: bytes, count: min(Int(count), 32))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
