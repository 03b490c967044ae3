/// How far reading is, in a line.
package struct ProgressLine: Sendable {
    private let bytes: UInt64
    private let total: UInt64?
    private let elapsedNanoseconds: UInt64

    /// - Parameters:
    ///   - bytes: what has been read.
    ///   - total: what there is; nil: that is not known. A file may grow, or be read once more, beyond it.
    ///   - elapsedNanoseconds: since reading began.
    package init(bytes: UInt64, total: UInt64?, elapsedNanoseconds: UInt64) {
        self.bytes = bytes
        self.total = total.map { max($0, bytes) }
        self.elapsedNanoseconds = max(1, elapsedNanoseconds)
    }

    /// Returns `43 % [########            ] 430 MB of 1.00 GB, 1.20 GB/s, 3 s left`, or as much of it as fits before the last column.
    package func text(columns: Int) -> String {
        let perSecond = Double(bytes) * 1e9 / Double(elapsedNanoseconds)
        let rate = Quantity.bytes(UInt64(min(perSecond, 1e18))) + "/s"
        guard let total, total > 0 else { return fitting("\(Quantity.bytes(bytes)) read, \(rate)", columns) }
        let share = Double(bytes) / Double(total)
        let filled = Int(share * Double(Self.barColumns))
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: Self.barColumns - filled)
        var text = "\(Int(share * 100)) % [\(bar)] \(Quantity.bytes(bytes)) of \(Quantity.bytes(total)), \(rate)"
        if bytes > 0 { text += ", \(left(Double(total - bytes) / perSecond)) left" }
        return fitting(text, columns)
    }

    private static let barColumns = 20

    private func left(_ seconds: Double) -> String {
        let seconds = Int(min(seconds.rounded(.up), 359_999))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        }
    }

    private func fitting(_ text: String, _ columns: Int) -> String { String(text.prefix(max(0, columns - 1))) }
}
