import HoofprintTraced

struct Point {
    let x: Int, y: Int

    @Traced
    init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    @Traced
    init(_ both: Int) { self.init(x: both, y: both) }

    @Traced
    init(checked x: Int) throws(Refusal) {
        y = 0
        guard x > 0 else { throw Refusal(number: x) }
        self.x = x
    }

    @Traced
    init?(text: String) {
        guard let number = Int(text) else { return nil }
        x = number
        y = number
    }

    enum Inner {
        @Traced static func make() -> Point { .init(2) }
    }
}

class Base {
    let number: Int
    @Traced
    init(number: Int) throws {
        if number < 0 { throw Refusal(number: number) }
        self.number = number
    }
    @Traced
    convenience init(text: String) throws {
        try self.init(number: Int(text) ?? -1)
    }
    @Traced
    func overridden() -> Int { number }
    @Traced deinit { nothing() }
}

final class Derived: Base {
    let other: Int
    @Traced
    override init(number: Int) throws {
        other = 1
        try super.init(number: number)
    }
    @Traced
    override func overridden() -> Int { super.overridden() + other }
}

extension Point {
    @Traced mutating func reset() { self = Point(x: 0, y: 0) }
    @Traced static func + (left: Point, right: Point) -> Point { Point(x: left.x + right.x, y: left.y + right.y) }
    @Traced func callAsFunction<T>(_ value: T) -> T { value }
}

func callInitialisers() {
    expect(Point(3).y, 3)
    expect((try? Point(checked: 0)) == nil, true)
    expect((try? Point(checked: 1))?.x, 1)
    expect(Point(text: "a") == nil, true)
    expect(Point(text: "1")?.x, 1)
    expect(Point.Inner.make().x, 2)
    var point = Point(1) + Point(2)
    expect(point(point.x), 3)
    point.reset()
    expect((try? Base(text: "x")) == nil, true)
    expect((try? Derived(number: 4))?.overridden(), 5)
}

actor Account {
    private var balance = 0
    let owner: String

    @Traced
    init(owner: String) { self.owner = owner }

    @Traced
    init(fetching owner: String) async {
        self.owner = owner
        await Task.yield()
    }

    @Traced
    func deposit(_ amount: Int) async throws -> Int {
        guard amount > 0 else { throw Refusal(number: amount) }
        await Task.yield()
        balance += amount
        return balance
    }

    @Traced
    nonisolated func greeting() -> String { "for \(owner)" }
}

@TracedMembers(attributes: ["id"], redacting: ["token"])
struct Members {
    var number: Int

    init(number: Int) { self.number = number }

    var computed: Int { number + 1 }

    func load(id: Int) async -> Int {
        await Task.yield()
        return more(id)
    }

    func more(_ id: Int, token: String = "") -> Int { id + computed }

    @Traced("renamed")
    func own() -> Int { number }

    func empty() {}

    @inline(__always)
    func inlined() -> Int { number }

    func ends() -> Never { fatalError("\(number)") }

    static func built() throws -> Members { throw Refusal(number: 1) }
}

@TracedMembers
extension Account {
    func spend(_ amount: Int) { balance -= amount }
}

func callMembers() async {
    let account = Account(owner: "one")
    expect(await Account(fetching: "two").greeting(), "for two")
    expect(try? await account.deposit(3), 3)
    expect(try? await account.deposit(0), nil)
    await account.spend(1)
    let members = Members(number: 1)
    expect(await members.load(id: 3), 5)
    expect(members.own() + members.inlined(), 2)
    members.empty()
    expect((try? Members.built()) == nil, true)
}
