import Foundation

/// A file with a line for each reservation, safe on the disk before anybody is told of it.
final class StockLedger: @unchecked Sendable {
    private let lock = NSLock()
    private let file: FileHandle
    private let syncsInside: Bool
    private var entries = 0

    init(path: String, syncsInside: Bool) throws {
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        self.syncsInside = syncsInside
    }

    /// The entry's number.
    func enter(_ order: Order) throws -> Int {
        lock.lock()
        defer { lock.unlock() }
        entries += 1
        try write("\(entries) \(order.id) \(order.article) \(order.quantity)\n")
        return entries
    }

    private func write(_ line: String) throws {
        try file.write(contentsOf: Data(line.utf8))
        if syncsInside { try file.synchronize() }
    }
}
