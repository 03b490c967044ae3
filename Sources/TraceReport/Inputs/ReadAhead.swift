import Dispatch
import Synchronization

/// Reads a source on a thread of its own, some blocks ahead of its reader: a log is unpacked while what came before is
/// looked through.
struct ReadAhead: ByteSource, ~Copyable {
    private let blocks: BlockQueue
    private var current: BlockQueue.Block?
    private var taken = 0

    /// Begins to read.
    ///
    /// - Parameter source: Opens what is read, on the thread that reads it.
    init<Source: ByteSource & SendableMetatype & ~Copyable>(
        _ source: @escaping @Sendable () throws(LogReadError) -> Source
    ) {
        let blocks = BlockQueue()
        self.blocks = blocks
        // A serial queue has a thread to itself while its work runs.
        DispatchQueue(label: "trace-report.read-ahead").async { blocks.fill(from: source) }
    }

    deinit {
        blocks.stop()
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(LogReadError) -> Int {
        if current == nil {
            current = blocks.next()
            taken = 0
        }
        guard let block = current else { return 0 }
        let rest = UnsafeRawBufferPointer(rebasing: block.bytes[taken..<block.count])
        if rest.isEmpty {
            // The last block has nothing but the reason; it stays.
            if let error = block.error { throw error }
            return 0
        }
        let count = min(buffer.count, rest.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        taken += count
        if taken == block.count {
            current = nil
            blocks.giveBack()
        }
        return count
    }
}

/// A ring of blocks between a thread that fills them and one that reads them.
///
/// Sound without a lock: a block belongs to the filling thread from a signal of `free` to one of `filled`, else to the reading
/// thread, and each thread's place in the ring is its own.
private final class BlockQueue: @unchecked Sendable {
    final class Block {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: LineBlocks.readBytes, alignment: 64)
        var count = 0
        var error: LogReadError?

        deinit {
            bytes.deallocate()
        }
    }

    /// Two of them are in work, two even out that neither thread is steady; all stay in a core's own cache.
    private static let size = 4

    private let blocks = (0..<size).map { _ in Block() }
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)
    private var reading = 0
    private let isStopped = Atomic(false)

    init() {
        for _ in 0..<Self.size { free.signal() }
    }

    /// Fills block after block, until the source ends or nobody reads on. The last block is empty.
    func fill<Source: ByteSource & ~Copyable>(from open: () throws(LogReadError) -> Source) {
        var filling = 0
        do throws(LogReadError) {
            var source = try open()
            while waitForFree() {
                blocks[filling].count = try source.read(into: blocks[filling].bytes)
                let isLast = blocks[filling].count == 0
                filled.signal()
                if isLast { return }
                filling = (filling + 1) % Self.size
            }
        } catch {
            // The block is the filling thread's: an error is thrown before the block is handed over.
            blocks[filling].count = 0
            blocks[filling].error = error
            filled.signal()
        }
    }

    private func waitForFree() -> Bool {
        free.wait()
        return !isStopped.load(ordering: .acquiring)
    }

    /// Waits for the next block, which is the reader's until ``giveBack()``.
    func next() -> Block {
        filled.wait()
        return blocks[reading]
    }

    /// Gives the block that was read back.
    func giveBack() {
        reading = (reading + 1) % Self.size
        free.signal()
    }

    /// Tells the filling thread to end.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        free.signal()
    }
}
