import REDEvents
import REDStats

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Counts events of the past from files of one a line.
package struct EventImport {
    /// What came of it.
    package struct Summary: Sendable, Equatable {
        package var result = AddResult()
        package var rejected = 0
    }

    private static let batch = 5_000

    package private(set) var summary = Summary()
    private let store: any StatsStore
    private let reject: (_ file: String, _ line: Int, _ reason: String) -> Void
    private var events: [MeasuredEvent] = []

    /// - Parameter reject: Told of each line that is no event.
    package init(
        store: any StatsStore, reject: @escaping (_ file: String, _ line: Int, _ reason: String) -> Void
    ) {
        self.store = store
        self.reject = reject
    }

    /// Counts what a file has; `-` is standard input. Blocks on reading.
    ///
    /// - Throws: ``ImportError`` for a file that cannot be read, ``StatsStoreError``.
    package mutating func read(_ file: String) async throws {
        // Standard input by its descriptor: the C library's variable is not safe to read.
        guard let stream = file == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(file, "re") else {
            throw ImportError(description: "cannot read '\(file)': \(String(cString: strerror(errno)))")
        }
        defer { fclose(stream) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var number = 0
        while true {
            errno = 0
            let count = getline(&line, &capacity, stream)
            guard count >= 0, let line else { break }
            number += 1
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            guard !bytes.allSatisfy({ $0 == 0x20 || (9...13).contains($0) }) else { continue }
            do throws(EventMistake) {
                events.append(try MeasuredEvent(json: bytes))
            } catch {
                summary.rejected += 1
                reject(file, number, error.description)
            }
            if events.count >= Self.batch { try await add() }
        }
        guard errno == 0 else {
            throw ImportError(description: "cannot read '\(file)': \(String(cString: strerror(errno)))")
        }
        try await add()
    }

    private mutating func add() async throws {
        guard !events.isEmpty else { return }
        let result = try await store.importPast(events)
        events.removeAll(keepingCapacity: true)
        summary.result.added += result.added
        summary.result.duplicates += result.duplicates
        summary.result.expired += result.expired
    }
}

/// A file of events that cannot be read.
package struct ImportError: Error, Sendable, CustomStringConvertible {
    /// The file, and what is wrong with it.
    package let description: String
}
