/// Which functions are wrapped, of those that can be.
public struct FunctionFilter: Sendable {
    /// Patterns with `*` and `?` for a function's name with or without its type and module; empty: all.
    public var include: [String] = []
    /// The same; wins over `include`.
    public var exclude: [String] = []
    /// The fewest statements of a body, nested ones not counted.
    public var minimumStatements = 1
    /// Whether only public and open functions are wrapped.
    public var isPublicOnly = false
    /// Whether accessors are wrapped too.
    public var wrapsAccessors = false
    /// Names as in a report that are left out, since they were cheap and hot.
    public var cheapAndHot: Set<String> = []
    /// Functions called by slow ones, by base name: for them accessors, the fewest statements and `isPublicOnly` do not count.
    public var deeper: Set<String> = []

    /// Wants all functions that are no accessors.
    public init() {}

    /// Why a function is left out. nil: it is not.
    func reason(toSkip function: FoundFunction) -> SkipReason? {
        if cheapAndHot.contains(function.name) { return .cheapAndHot }
        let names = function.names
        if exclude.contains(where: { pattern in names.contains { Self.matches($0, pattern) } }) { return .excluded }
        if !include.isEmpty, !include.contains(where: { pattern in names.contains { Self.matches($0, pattern) } }) {
            return .notIncluded
        }
        if deeper.contains(function.baseName) { return nil }
        if function.isAccessor, !wrapsAccessors { return .accessor }
        if function.statements < minimumStatements { return .fewStatements }
        if isPublicOnly, !function.isPublic { return .notPublic }
        return nil
    }

    /// Whether a name is as a pattern: `*` stands for any characters, `?` for one.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        let name = Array(name), pattern = Array(pattern)
        var at = 0, next = 0
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if next < pattern.count, pattern[next] == "*" {
                star = (next, at)
                next += 1
            } else if next < pattern.count, pattern[next] == "?" || pattern[next] == name[at] {
                at += 1
                next += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.name + 1
                next = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == "*" }
    }
}

/// A function, initialiser or accessor in a source file.
public struct FoundFunction: Sendable {
    /// As spans are named: `Store.load(_:)`.
    public let name: String
    /// The module it is in.
    public let module: String
    /// Without labels and type: `load`.
    public let baseName: String
    /// Of its name, from 1.
    public let line: Int
    /// Whether it is a property's or subscript's.
    public let isAccessor: Bool
    /// Whether it is public or open.
    public let isPublic: Bool
    /// Those of its body, nested ones not counted.
    public let statements: Int
    /// Base names of what its body calls.
    public let calls: Set<String>
    /// nil: it is wrapped.
    public internal(set) var skipped: SkipReason?

    /// What patterns are held against.
    var names: [String] {
        let withoutLabels = name.prefix { $0 != "(" }
        return [name, String(withoutLabels), "\(module).\(name)", "\(module).\(withoutLabels)", baseName]
    }
}
