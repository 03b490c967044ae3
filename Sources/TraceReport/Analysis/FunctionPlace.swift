/// Where spans are opened: what makes two callsites of different sessions the same function.
public struct FunctionPlace: Sendable, Hashable {
    /// The span's name.
    public var name: String
    /// The function that opens the span.
    public var function: String
    /// The source file, `Module/File.swift`; empty where no record names it.
    public var file: String
    /// The line in the file, from 1; 0 where no record names it.
    public var line: UInt64

    /// Makes a place.
    public init(name: String, function: String = "", file: String = "", line: UInt64 = 0) {
        self.name = name
        self.function = function
        self.file = file
        self.line = line
    }
}

extension FunctionPlace: Comparable {
    /// Whether `left` stands before `right`: by name, then by where it is.
    public static func < (left: FunctionPlace, right: FunctionPlace) -> Bool {
        (left.name, left.file, left.line, left.function) < (right.name, right.file, right.line, right.function)
    }
}

extension FunctionSummary {
    /// The place it stands for.
    public var place: FunctionPlace { FunctionPlace(name: name, function: function, file: file, line: line) }
}
