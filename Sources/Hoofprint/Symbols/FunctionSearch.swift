import CHoofprint
import TraceLog

/// Looks functions up in the symbols of a file.
enum FunctionSearch {
    private final class Found {
        let module: UInt64
        var symbols: [SymbolRecord] = []
        init(module: UInt64) { self.module = module }
    }

    /// Returns the functions at addresses in a file, each once. None where the file cannot be read, has no symbols, or is
    /// not the one that is loaded any more.
    ///
    /// - Parameter addresses: sorted upwards.
    static func functions(
        inFile file: String, layout: UInt64, module: UInt64, at addresses: [UInt64]
    ) -> [SymbolRecord] {
        let found = Found(module: module)
        // Where there is nothing to be read, places go without names, as the log's readers are told.
        _ = hp_find_functions(
            file, layout, addresses, addresses.count,
            { context, _, symbol in
                guard let context, let symbol = symbol?.pointee else { return }
                let found = Unmanaged<Found>.fromOpaque(context).takeUnretainedValue()
                if found.symbols.last?.start == symbol.address { return }
                let length = min(symbol.name_length, SymbolRecord.maximumNameBytes)
                let name = UnsafeRawBufferPointer(start: symbol.name, count: length)
                found.symbols.append(
                    SymbolRecord(
                        module: found.module, start: symbol.address, size: symbol.size,
                        name: String(decoding: name, as: UTF8.self)))
            }, Unmanaged.passUnretained(found).toOpaque())
        return found.symbols
    }
}
