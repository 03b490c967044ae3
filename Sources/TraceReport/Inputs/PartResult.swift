/// What was read of a part.
struct PartResult: Sendable {
    let model: LogModel
    let firstLine: [UInt8]
    let error: LogReadError?
    var end = PackedEnd.whole

    init(_ reader: borrowing PartReader, _ error: LogReadError?) {
        model = reader.model
        firstLine = reader.firstLine
        self.error = error
    }

    /// Reads a file whole, on this thread alone.
    init(file: LogInput, _ progress: ReadProgress?, _ reader: consuming PartReader) {
        let cell = PackedEndCell()
        do throws(LogReadError) {
            var source = try UnpackedSource(try LogFile(path: file.name, progress: progress), end: cell)
            try reader.read(&source, .all, at: 0)
            self.init(reader, nil)
        } catch {
            self.init(reader, error)
        }
        end = cell.value
    }
}

extension InputSummary {
    /// Takes how a packed log ended.
    mutating func take(_ end: PackedEnd) {
        cut = end == .cut ? 1 : 0
        trailed = end == .otherBytes ? 1 : 0
    }
}
