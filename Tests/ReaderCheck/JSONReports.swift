import Foundation
import TraceReport

/// Reads the logs that lines `PARTS VECTORS PATH` of standard input ask for, each in so many parts, with the
/// processor's widest vectors (`1`) or without (`0`), and writes the JSON report of each as a line.
enum JSONReports {
    /// False: a line asks for nothing that can be read.
    static func write() -> Bool {
        while let line = readLine() {
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, let parts = Int(fields[0]), let vectors = Int(fields[1]) else {
                FileHandle.standardError.write(Data("reader-check: not PARTS VECTORS PATH: \(line)\n".utf8))
                return false
            }
            var split = LogAnalyser.Parts(count: parts, minimumBytes: 1)
            split.usesVectors = vectors != 0
            var analyser = LogAnalyser(parts: split)
            do {
                try analyser.read(.file(String(fields[2])))
            } catch {
                FileHandle.standardError.write(Data("reader-check: \(fields[2]): \(error)\n".utf8))
                return false
            }
            FileHandle.standardOutput.write(Data(JSONRenderer().render(analyser.report()).utf8))
        }
        return true
    }
}
