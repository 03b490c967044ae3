#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UploadSummary {
    /// The summary on one line: `uploaded 200, already there 3, failed 1, skipped 2; 12.3 MiB in 1.2 s, 170.0 files/s`.
    package var text: String {
        let counts =
            isDryRun
            ? "would send \(Quantity.count(planned))"
            : "uploaded \(Quantity.count(uploaded)), already there \(Quantity.count(alreadyThere))"
        let earlier = resumed > 0 ? ", sent earlier \(Quantity.count(resumed))" : ""
        let rest = "failed \(Quantity.count(failed)), skipped \(Quantity.count(skipped))"
        let speed = isDryRun ? "" : " in \(Quantity.tenths(seconds)) s, \(Quantity.tenths(filesPerSecond)) files/s"
        return "\(counts)\(earlier), \(rest); \(Quantity.bytes(Double(bytes)))\(speed)"
    }

    /// The summary as one JSON object on one line, keys sorted. Paths and messages are escaped as on a terminal.
    package func json() throws -> String {
        struct Failure: Encodable {
            let path: String
            let message: String
            let status: Int?
        }
        struct Document: Encodable {
            let version = 1
            let ending: String
            let reason: String?
            let uploaded, alreadyThere, resumed, retries, failed, skipped, planned, bytes: Int
            let seconds, filesPerSecond: Double
            let failures: [Failure]
        }
        let (name, reason): (String, String?) =
            switch ending {
            case .completed: ("completed", nil)
            case .interrupted: ("interrupted", nil)
            case .unreachable(let reason): ("unreachable", reason)
            }
        let document = Document(
            ending: name, reason: reason, uploaded: uploaded, alreadyThere: alreadyThere, resumed: resumed,
            retries: retries, failed: failed, skipped: skipped, planned: planned, bytes: bytes, seconds: seconds,
            filesPerSecond: filesPerSecond,
            failures: failures.map { Failure(path: $0.path.description, message: $0.message, status: $0.status) })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
