/// A call as far as its line tells: its activity, and how it ended.
struct SystemCall {
    var activity: ThreadEvent.Activity
    /// Empty: it ended in no error, or that is not said.
    var error = ""

    /// Takes a call from a line.
    init(_ line: StraceLine) {
        let name = String(decoding: line.name, as: UTF8.self)
        let arguments = SystemCallArguments(line.arguments)
        guard let known = SystemCallKind.of(name) else {
            activity = ThreadEvent.Activity(name: name, kind: .other)
            error = String(decoding: line.error, as: UTF8.self)
            return
        }
        let target = arguments.target(known.target, result: name.hasPrefix("open") ? line.result : nil)
        let kind = Self.kind(name, known, target, arguments)
        activity = ThreadEvent.Activity(name: name, kind: kind, target: target.name)
        error = String(decoding: line.error, as: UTF8.self)
    }

    /// Adds what the line says that the call returned in.
    mutating func take(resumed line: StraceLine) {
        error = String(decoding: line.error, as: UTF8.self)
        guard activity.target.isEmpty || activity.name.hasPrefix("open") else { return }
        let result = SystemCall(line).activity
        guard !result.target.isEmpty else { return }
        activity.target = result.target
        if activity.kind == .other { activity.kind = result.kind }
    }

    private static func kind(
        _ name: String, _ known: SystemCallKind, _ target: SystemCallTarget, _ arguments: SystemCallArguments
    ) -> ThreadEvent.Kind {
        switch name {
        case "futex": return futexKind(operation: arguments.word(1), value: arguments.word(2))
        case "futex_wake": return .other
        case "fcntl":
            let waits = arguments.contains("F_SETLKW") || arguments.contains("F_OFD_SETLKW")
            return waits ? .lock : target.kind ?? .other
        default:
            guard known.kind == .file, known.target == .descriptor else { return known.kind }
            return target.kind ?? .other
        }
    }

    /// What a futex is waited for. A lock of priority inheritance, as Swift's Mutex is, says so; glibc's mutex waits for the value 2
    /// to change (nptl/lowlevellock.c); its conditions and semaphores for others.
    private static func futexKind(operation: Substring, value: Substring) -> ThreadEvent.Kind {
        if operation.hasPrefix("FUTEX_LOCK_PI") { return .lock }
        guard operation.hasPrefix("FUTEX_WAIT") else { return .other }
        return value == "2" && !operation.hasPrefix("FUTEX_WAIT_BITSET") ? .lock : .thread
    }
}
