/// The order in which logs are read, whatever the order in which they are named: standard input first, then by name,
/// each rotated set oldest first. Which of two copies of a record counts, and which log a session began in, then is the
/// same in every run.
struct ReadingOrder: Comparable {
    private let name: String
    private let rotated: RotatedName

    init(_ name: String) {
        self.name = name
        rotated = RotatedName(name)
    }

    static func == (left: ReadingOrder, right: ReadingOrder) -> Bool { left.name == right.name }

    static func < (left: ReadingOrder, right: ReadingOrder) -> Bool {
        let standardInput = LogInput.standardInput.name
        if left.name == standardInput || right.name == standardInput { return right.name != standardInput }
        if left.rotated < right.rotated { return true }
        return !(right.rotated < left.rotated) && left.name < right.name
    }
}
