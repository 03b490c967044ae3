import Foundation

/// Changes a corpus's logs by chance, which a seed repeats, and checks what comes of it.
enum FuzzLoop {
    /// Whether nothing was found in so many seconds. A log that crashes is in the file `reader-fuzz-input`.
    static func run(seconds: Double, seed: UInt64, corpus: String) throws -> Bool {
        let folder = URL(fileURLWithPath: corpus)
        let logs = try FileManager.default.contentsOfDirectory(atPath: corpus).sorted()
            .map { [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))) }
        let end = Date(timeIntervalSinceNow: seconds)
        var mutator = LogMutator(seed: seed)
        var count = 0
        while Date() < end {
            let log = mutator.log(from: logs)
            // Written before it is used: what crashes leaves it behind.
            let file = URL(fileURLWithPath: "reader-fuzz-input")
            try Data(log).write(to: file)
            if let mistake = FuzzedLog(log).mistake {
                print("reader-check: log \(count) of seed \(seed), in \(file.path): \(mistake)")
                return false
            }
            count += 1
        }
        try? FileManager.default.removeItem(atPath: "reader-fuzz-input")
        print("reader-check: \(count) logs, seed \(seed): nothing was found")
        return true
    }
}
