import Helpers

enum Fault: Error { case small, large(Int) }

@resultBuilder
enum ListBuilder {
    static func buildBlock(_ parts: Int...) -> [Int] { parts }
}

struct Values {
    var stored = 1 {
        willSet { announced.append(newValue) }
        didSet { announced.append(oldValue) }
    }
    var announced: [Int] = []

    @ListBuilder func built() -> [Int] {
        1
        stored
        3
    }

    func opaque() -> some Collection<Int> { [1, 2, 3] }
    func opaqueLong() -> some Sequence<Int> {
        let limit = 3
        return 0..<limit
    }

    func typed(_ value: Int) throws(Fault) -> Int {
        guard value > 0 else { throw .small }
        if value > 10 { throw .large(value) }
        return value
    }

    func untyped(_ value: Int) throws -> Int { try typed(value) }

    func handled(_ value: Int) -> String {
        do {
            return "\(try typed(value))"
        } catch {
            return "\(error)"
        }
    }

    func mapped<T, E: Error>(_ body: (Int) throws(E) -> T) throws(E) -> T { try body(stored) }
    func caught(_ body: () throws -> Int) rethrows -> Int {
        do {
            return try body()
        } catch {
            return try again(error)
        }
    }
    private func again(_ error: any Error) throws -> Int { throw error }
    func rethrown(_ body: () throws -> Int) rethrows -> Int { try body() }
    func lazily(_ value: @autoclosure () -> Int) -> Int { value() + value() }
    mutating func change(_ other: inout Int) {
        stored += 1
        other += stored
    }

    func chosen(_ value: Int) -> String {
        if value > 1 { "many" } else if value == 1 { "one" } else { "none" }
    }
    func switched(_ value: Int) -> Int {
        switch value {
        case 0: 10
        case 1: 20
        default: fatalError("no such value")
        }
    }
    func returned(_ value: Int) -> Int {
        if value > 1 { return 1 } else { return 2 }
    }
    func conditional() -> Int {
        #if os(Linux)
        5
        #else
        6
        #endif
    }
    func conditionalStatement() -> Int {
        #if NEVER_SET
        print("no")
        #endif
        7
    }

    func ends() -> Never { fatalError("it ends") }
    func endsInstead(_ value: Int?) -> Int {
        value ?? { fatalError("nothing") }()
    }
    func impossible() -> Int { fatalError("not to be called") }

    func braces() -> String { "}{ \("{") \"}" }
    func raw() -> String { #"}\#("{")"# }
    func long() -> String {
        """
        { not a brace }
            "\(stored)"
        """
    }

    subscript(index: Int) -> Int {
        get { index * stored }
        set { stored = newValue + index }
    }
    var computed: Int { stored * 2 }
    var projected: Int {
        _read { yield stored }
        _modify { yield &stored }
    }
    var failing: Int { get throws(Fault) { throw .small } }

    static func + (left: Values, right: Values) -> Int { left.stored + right.stored }
    static prefix func - (value: Values) -> Int { -value.stored }

    init() {}
    init?(text: String) {
        guard let value = Int(text) else { return nil }
        stored = value
    }
    init(checked value: Int) throws(Fault) {
        guard value > 0 else { throw .small }
        self.init()
        stored = value
    }

    func nested() -> Int {
        func inner(_ value: Int) -> Int { value + 1 }
        struct Local {
            func method() -> Int { 2 }
        }
        return inner(1) + Local().method()
    }

    func deferred(_ note: (String) -> Void) -> Int {
        defer { note("first") }
        defer { note("second") }
        note("body")
        return 1
    }

    func `default`() -> Int { 4 }
    func empty() {}
    func discarding() { _ = computed }
}

struct Handle: ~Copyable {
    let number: Int
    borrowing func peek() -> Int { number }
    consuming func close() -> Int {
        let last = number
        discard self
        return last
    }
    deinit { closed(number) }
}

func closed(_ number: Int) {}
func open(_ number: Int) -> Handle { Handle(number: number) }
func pass(_ handle: consuming Handle) -> Handle { handle }
func look(at handle: borrowing Handle) -> Int { handle.peek() }

class Base {
    let value: Int
    init(value: Int) { self.value = value }
    convenience init() { self.init(value: 1) }
    func described() -> String { "base \(value)" }
    deinit { closed(value) }
}

final class Derived: Base {
    let more: Int
    init(more: Int) throws {
        self.more = try Values().untyped(more)
        super.init(value: 2)
    }
    override func described() -> String { super.described() + " derived" }
}
