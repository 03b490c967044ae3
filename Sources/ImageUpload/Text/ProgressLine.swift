/// How far an upload is, on one line of a terminal.
package struct ProgressLine: Sendable {
    /// Files that are sent, refused or failed.
    package var files = 0
    /// Bytes sent.
    package var bytes = 0
    /// Files that failed.
    package var failed = 0
    /// How many files and bytes there are, once that is known. An estimate: files are counted by their names.
    package var total: (files: Int, bytes: Int)?
    /// Since when.
    package var seconds = 0.0

    /// Before the first file.
    package init() {}

    /// Takes in what happened.
    package mutating func note(_ event: UploadEvent) {
        switch event {
        case .counted(let files, let bytes): total = (files, bytes)
        case .sent(let count): bytes += count
        case .uploaded, .planned: files += 1
        case .resumed(_, let size):
            files += 1
            bytes += size
        case .failed:
            files += 1
            failed += 1
        case .skipped, .retried: break
        }
    }

    /// The line, at most `columns` - 1 wide, so that no terminal breaks it; what matters less is left out first.
    ///
    /// - Parameter isColoured: Whether the bar is green, and failures are red.
    package func text(columns: Int, isColoured: Bool) -> String {
        let room = max(0, columns - 1)
        var parts = [
            "\(Quantity.count(files))\(total.map { "/\(Quantity.count(max(files, $0.files)))" } ?? "") files",
            "\(Quantity.bytes(Double(bytes)))",
        ]
        if seconds > 0 { parts.append("\(Quantity.bytes(Double(bytes) / seconds))/s") }
        if let remaining { parts.append("ETA \(Quantity.clock(remaining))") }
        if failed > 0 { parts.insert("\(Quantity.count(failed)) failed", at: 1) }
        while parts.count > 1, width(parts) > room { parts.removeLast() }
        guard width(parts) <= room else { return "" }
        var facts = parts.joined(separator: "  ")
        let spare = min(40, room - width(parts) - 2)
        if isColoured, failed > 0 {
            let words = "\(Quantity.count(failed)) failed"
            facts.replace(words, with: "\u{1B}[31m\(words)\u{1B}[0m")
        }
        guard let fraction, spare >= 12 else { return facts }
        return "\(bar(fraction, width: spare, isColoured))  \(facts)"
    }

    /// How much is done, of bytes where there are any; nil while the total is unknown.
    private var fraction: Double? {
        guard let total else { return nil }
        let fraction =
            total.bytes > 0 ? Double(bytes) / Double(total.bytes) : Double(files) / Double(max(1, total.files))
        return min(1, fraction)
    }

    /// Seconds until the end, if it goes on as on average so far.
    private var remaining: Double? {
        guard let fraction, fraction > 0, seconds > 0 else { return nil }
        return seconds / fraction - seconds
    }

    private func width(_ parts: [String]) -> Int { parts.reduce(0) { $0 + $1.count } + 2 * (parts.count - 1) }

    /// A bar with its percentage: `[####----]  50 %`.
    private func bar(_ fraction: Double, width: Int, _ isColoured: Bool) -> String {
        let inner = width - 8
        let full = Int(fraction * Double(inner))
        let percent = "\(Int(fraction * 100))"
        let done = String(repeating: "#", count: full)
        let open = String(repeating: "-", count: inner - full)
        let padding = String(repeating: " ", count: 3 - percent.count)
        return "[\(isColoured ? "\u{1B}[32m\(done)\u{1B}[0m" : done)\(open)] \(padding)\(percent) %"
    }
}
