import TraceLog

/// Which sessions ``ReportSelection/process`` selects.
struct ProcessPattern {
    private let glob: NameGlob
    private let pid: UInt64?
    private let tagPrefix: String?

    /// Longer numbers are no process ids: Linux has at most 2²² processes.
    private static let maximumPidDigits = 7
    private static let minimumTagDigits = 4

    init(_ pattern: String) {
        glob = NameGlob(pattern)
        let isNumber = !pattern.isEmpty && pattern.utf8.allSatisfy { (0x30...0x39).contains($0) }
        pid = isNumber && pattern.utf8.count <= Self.maximumPidDigits ? UInt64(pattern) : nil
        let isTag = pid == nil && pattern.utf8.count >= Self.minimumTagDigits
        tagPrefix = isTag ? pattern.lowercased() : nil
    }

    func selects(_ session: SessionRecord, tag: UInt64) -> Bool {
        if let pid, session.pid == pid { return true }
        if let tagPrefix, SessionTag.text(tag).hasPrefix(tagPrefix) { return true }
        return glob.matches(session.program) || glob.matches(session.host)
    }
}

/// How a session's tag is written.
enum SessionTag {
    /// Returns 16 hexadecimal digits.
    static func text(_ tag: UInt64) -> String {
        let digits = String(tag, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
