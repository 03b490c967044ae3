import Foundation
import REDStats

// Checks and measures red-stats' stores; each run makes its own databases in a folder for temporary files.
let usage = """
    usage: stats-check exact sqlite|postgres EVENTS QUERIES SEED
           stats-check measure sqlite|postgres EVENTS CLIENTS [random-ids]      a tenth of them first
           stats-check fill URL EVENTS CLIENTS
           stats-check match sqlite|postgres SUBSCRIPTIONS EVENTS
           stats-check add URL SEED COUNT
           stats-check json - COUNT

    """
let arguments = Array(CommandLine.arguments.dropFirst())
let numbers = arguments.dropFirst(2).compactMap { Int($0) }
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stats-check-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
var status: Int32 = 0
switch (arguments.first, numbers.count) {
case ("exact", 3):
    let wrong = try await Exactness.run(
        arguments[1], events: numbers[0], queries: numbers[1], seed: UInt64(numbers[2]), folder: folder.path)
    status = wrong == 0 ? 0 : 1
case ("add", 2):
    try await Adding.run(arguments[1], seed: UInt64(numbers[0]), count: numbers[1])
case ("json", 1):
    try EventTexts.run(count: numbers[0])
case ("measure", 2):
    let hasRandomIDs = arguments.last == "random-ids"
    var found: [Measurements.Result] = []
    for count in [numbers[0] / 10, numbers[0]] {
        let rows = MeasuredRows(count: count, clients: numbers[1], hasRandomIDs: hasRandomIDs)
        found.append(try await Measurements(kind: arguments[1], rows: rows, folder: folder.path).run())
    }
    Measurements.printGrowth(from: found[0], to: found[1])
case ("fill", 2):
    let store = try DatabaseStore(url: arguments[1])
    _ = try await Measurements.ingest(MeasuredRows(count: numbers[0], clients: numbers[1]), store)
    await store.close()
case ("match", 2):
    try await Matching.run(arguments[1], subscriptions: numbers[0], events: numbers[1], folder: folder.path)
default:
    FileHandle.standardError.write(Data(usage.utf8))
    status = 2
}
try FileManager.default.removeItem(at: folder)
exit(status)
