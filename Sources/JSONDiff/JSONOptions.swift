/// What makes two JSON values equal, and what texts are taken.
public struct JSONOptions: Sendable, Equatable {
    /// How numbers are compared.
    public enum Numbers: String, Sendable, CaseIterable {
        /// By their exact decimal value: `1`, `1.0` and `1e0` are equal, `9007199254740993` and `9007199254740992` are not.
        case exact
        /// As binary64, which most programs read them to; those beyond its range are all equal.
        case binary64
        /// By the characters they are written with.
        case text
    }

    /// What an object with a key more than once is.
    public enum Duplicates: String, Sendable, CaseIterable {
        /// An error, which names the key and its place.
        case error
        /// The last one counts.
        case last
        /// The first one counts.
        case first
    }

    /// How arrays are compared.
    public enum Arrays: String, Sendable, CaseIterable {
        /// Element by element, in order.
        case list
        /// By what elements they have.
        case set
        /// By what elements they have, and how often.
        case multiset
    }

    /// How texts differ from RFC 8259.
    public enum Syntax: String, Sendable, CaseIterable {
        /// Not at all.
        case json
        /// Comments as in C++ and a comma before a closing bracket are taken.
        case jsonc
        /// A value a line: read as the array of them.
        case ndjson
    }

    /// An array's elements are known by one of their members.
    public struct Key: Sendable, Equatable {
        /// The member's name.
        public var name: String
        /// Which arrays; nil: all.
        public var path: JSONPattern?

        /// Elements of the arrays at a path, or of all, are known by the member of that name.
        public init(_ name: String, at path: JSONPattern? = nil) {
            self.name = name
            self.path = path
        }
    }

    /// How numbers are compared.
    public var numbers = Numbers.exact
    /// Numbers as near as this to each other are equal; 0: only equal ones. At least 0, finite. Elements of sets and multisets
    /// are the same only if their numbers are equal.
    public var tolerance = 0.0
    /// Whether strings are equal that Unicode says are (NFC); else they are if their code points are.
    public var normalizes = false
    /// What an object with a key more than once is.
    public var duplicates = Duplicates.error
    /// How arrays are compared that no key is for.
    public var arrays = Arrays.list
    /// Members by which elements of arrays are known: such elements are compared with each other, in whatever order they are.
    public var keys: [Key] = []
    /// Values that are passed over.
    public var ignored: [JSONPattern] = []
    /// How texts differ from RFC 8259.
    public var syntax = Syntax.json
    /// How many containers may stand in each other. 1 to 1,000,000.
    public var maximumDepth = 10_000

    /// RFC 8259; exact numbers, strings by code points, arrays in order.
    public init() {}
}
