/// What is wrapped and what is not, for people.
struct Listing {
    private let functions: [(file: String, function: FoundFunction)]

    /// Lists the functions of packages; files of all but the first stand with the names of their packages.
    init(_ packages: [InstrumentedPackage]) {
        functions = packages.enumerated().flatMap { index, package in
            package.functions.map {
                (index == 0 ? $0.file : "\(package.folder.lastPathComponent)/\($0.file)", $0.function)
            }
        }
    }

    /// A line for each function: where it is, its name, and whether it is wrapped or why not.
    var text: String {
        var lines = functions.map { file, function in
            "\(file):\(function.line): \(function.name): \(function.skipped.map { "not wrapped: \($0.rawValue)" } ?? "wrapped")"
        }
        lines.append(summary)
        return lines.map { $0 + "\n" }.joined()
    }

    /// `1,234 functions: 1,200 wrapped; 30 …`.
    var summary: String {
        let wrapped = functions.count { $0.function.skipped == nil }
        var text = "\(functions.count) functions: \(wrapped) wrapped"
        for reason in SkipReason.allCases {
            let count = functions.count { $0.function.skipped == reason }
            if count > 0 { text += "\n  \(count) not: each \(reason.rawValue)" }
        }
        return text
    }
}
