import Foundation

/// What a report (`trace-report --format json`) says of where it is worth looking closer, and where spans cost more than they
/// tell.
struct ReportSelection {
    private struct Report: Decodable {
        struct Function: Decodable {
            let name: String
            let count: UInt64
            let total: UInt64
            let share: Double

            enum CodingKeys: String, CodingKey {
                case name, count, share
                case total = "total_ns"
            }
        }
        let version: Int
        let functions: [Function]
    }

    /// Functions with this part of all self time or more are slow.
    static let slowShare = 0.02
    /// Functions called so often, and so short on average, are cheap and hot where they are not slow.
    static let hotCount: UInt64 = 10_000
    static let cheapNanoseconds: UInt64 = 2000

    /// Names as spans have them.
    let slow: Set<String>
    let cheapAndHot: Set<String>

    /// Reads a report. Throws ``Failure``.
    init(_ file: String) throws {
        let report: Report
        do {
            report = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw Failure(
                "--from-report '\(file)': this is no report; make one by trace-report --format json: \(error)")
        }
        slow = Set(report.functions.filter { $0.share >= Self.slowShare }.map(\.name))
        let cheap = report.functions.filter {
            $0.count >= Self.hotCount && $0.total / max(1, $0.count) < Self.cheapNanoseconds
        }
        cheapAndHot = Set(cheap.map(\.name)).subtracting(slow)
    }

    /// The filter with what the report says; `functions` are all of the package.
    func applied(to filter: FunctionFilter, _ functions: [FoundFunction]) -> FunctionFilter {
        var filter = filter
        filter.cheapAndHot = cheapAndHot
        filter.deeper = functions.filter { slow.contains($0.name) }.reduce(into: []) { $0.formUnion($1.calls) }
        return filter
    }
}
