/// The numbers and names that processes have in a Chrome trace, where a number stands for one process.
struct ChromeProcesses {
    /// The largest number that readers take for a process or a thread.
    private static let largest = UInt64(Int32.max)

    private(set) var names: [(number: UInt64, name: String)] = []
    private var numberOfSession: [UInt64: UInt64] = [:]
    private var used: Set<UInt64> = []

    /// Numbers the processes by their process ids; another number is found for one whose id another has already: after a
    /// restart, or on another host.
    init(_ report: Report) {
        for process in report.processes {
            var name = "\(process.program.isEmpty ? "a program" : process.program) \(process.pid)"
            if !process.host.isEmpty { name += " on \(process.host)" }
            numberOfSession[process.session] = add(process.pid, name)
        }
        for session in report.requests.map(\.session) + report.open.map(\.session)
        where numberOfSession[session] == nil {
            numberOfSession[session] = add(0, "a program")
        }
    }

    /// Returns the number of a session's process.
    func number(ofSession session: UInt64) -> UInt64 { numberOfSession[session] ?? 0 }

    /// Returns the number of what concerns all processes: a further one where there is not one process.
    mutating func numberOfAll() -> UInt64 { names.count == 1 ? names[0].number : add(0, "all processes") }

    /// Returns the number of a thread; nil: it has none, as an async span.
    static func thread(_ thread: UInt64) -> UInt64? { (1...largest).contains(thread) ? thread : nil }

    private mutating func add(_ wanted: UInt64, _ name: String) -> UInt64 {
        var number = wanted
        if !(1...Self.largest).contains(number) || used.contains(number) {
            number = UInt64(used.count) + 1
            while used.contains(number) { number += 1 }
        }
        used.insert(number)
        names.append((number, name))
        return number
    }
}
