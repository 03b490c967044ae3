/// Signals by name, as Linux numbers them on x86-64 and arm64 (signal(7)).
enum SignalName {
    private static let names: [UInt64: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
        9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
        31: "SIGSYS",
    ]

    /// Returns the name, or `signal 99`.
    static func text(_ number: UInt64) -> String { names[number] ?? "signal \(number)" }
}
