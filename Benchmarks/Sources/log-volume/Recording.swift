import Foundation
import Hoofprint

/// One run of the workload, in a process of its own.
struct Recording {
    let mode: String
    let folder: URL

    static func log(mode: String, in folder: URL) -> URL { folder.appending(path: "\(mode).log") }
    private static func durations(in folder: URL) -> URL { folder.appending(path: "durations.plist") }

    /// Records all requests; in mode `aggregate` with one flush, and with the durations in a file besides.
    func run() throws {
        guard let mode = HoofprintSystem.Configuration.Mode(rawValue: mode) else {
            throw CocoaError(.keyValueValidation)
        }
        HoofprintSystem.bootstrap(
            HoofprintSystem.Configuration(
                mode: mode, sinks: [FileSink(path: Self.log(mode: self.mode, in: folder).path)], flushSeconds: 3600))
        var workload = Workload()
        for request in 1...Workload.requests {
            workload.runRequest()
            // A line a span is written while the requests run. They wait for it, so that none is lost.
            if mode == .every, request % 100 == 0 { HoofprintSystem.flush() }
        }
        HoofprintSystem.shutdown()
        guard mode == .aggregate else { return }
        let encoder = PropertyListEncoder()
        encoder.outputFormat = .binary
        try encoder.encode(workload.durations).write(to: Self.durations(in: folder))
    }

    /// The durations that the run in mode `aggregate` measured itself, by path.
    static func readDurations(in folder: URL) throws -> [ExactDurations] {
        let durations = try PropertyListDecoder().decode([[UInt64]].self, from: Data(contentsOf: durations(in: folder)))
        return durations.map(ExactDurations.init)
    }
}
