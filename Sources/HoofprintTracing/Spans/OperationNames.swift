import Hoofprint
import Synchronization

/// Where in the source a span is begun.
struct CodePlace: Hashable, Sendable {
    let file: String
    let line: UInt32
    let function: String

    /// Lines tell places apart mostly; hashing file names would cost as much as the rest of a span.
    func hash(into hasher: inout Hasher) { hasher.combine(line) }
}

/// The names of operations, each kept for ever, in bounded number: the recorder counts by name and place in the source.
public enum OperationNames {
    /// How many names are counted apart in a process, a name begun at two places as two. Beyond it, and beyond
    /// ``maximumNamesOfPlace``, spans count as `(other operations)`.
    public static let maximumNames = 2048
    /// How many of them may be begun at one place in the source.
    public static let maximumNamesOfPlace = 512
    /// Longer names are cut to so many bytes, at a character.
    public static let maximumNameBytes = 256

    private struct Key: Hashable {
        let name: String
        let place: CodePlace
    }

    private struct Table {
        var places: [Key: OperationSpan.Place] = [:]
        var count: [CodePlace: Int] = [:]
    }

    private static let table = Mutex(Table())
    private static let other = OperationSpan.Place(name: "(other operations)", file: "", line: 0, function: "")

    /// Returns the place of spans of a name that are begun there.
    static func place(_ name: String, at code: CodePlace) -> OperationSpan.Place {
        let key = Key(name: cut(name), place: code)
        return table.withLock { table in
            if let known = table.places[key] { return known }
            let isRoom = table.places.count < maximumNames && table.count[code, default: 0] < maximumNamesOfPlace
            guard isRoom else { return other }
            let place = OperationSpan.Place(name: key.name, file: code.file, line: code.line, function: code.function)
            table.places[key] = place
            table.count[code, default: 0] += 1
            return place
        }
    }

    private static func cut(_ name: String) -> String {
        guard name.utf8.count > maximumNameBytes else { return name }
        var end = name.utf8.index(name.startIndex, offsetBy: maximumNameBytes)
        while end > name.startIndex, String.Index(end, within: name) == nil { end = name.utf8.index(before: end) }
        return String(name[..<end])
    }
}
