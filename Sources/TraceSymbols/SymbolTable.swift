import CHoofprint
import TraceLog
import TraceReport

/// The function symbols of a file, by address.
enum SymbolTable {
    private final class Found {
        var symbols: [SymbolRecord] = []
    }

    /// More than any program has; what comes beyond is left out.
    private static let maximumSymbols = 4_000_000

    /// Reads a file's symbols; none where it has none.
    static func functions(ofFile path: String) -> SortedFunctions {
        let found = Found()
        // A file without symbols may still have debug information.
        _ = hp_visit_symbols(
            path,
            { context, symbol in
                guard let context, let symbol = symbol?.pointee else { return false }
                let found = Unmanaged<Found>.fromOpaque(context).takeUnretainedValue()
                let name = UnsafeRawBufferPointer(start: symbol.name, count: symbol.name_length)
                found.symbols.append(
                    SymbolRecord(
                        module: 0, start: symbol.address, size: symbol.size,
                        name: String(decoding: name, as: UTF8.self)))
                return found.symbols.count < SymbolTable.maximumSymbols
            }, Unmanaged.passUnretained(found).toOpaque())
        return SortedFunctions(found.symbols)
    }
}
