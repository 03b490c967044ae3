import Glibc

/// What makes a program slow this time: its first argument; the second is for how many seconds it runs.
public enum Causes {
    private static let began = Clock.now()
    private static let chosen = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ""
    private static let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 10 : 10

    /// Whether this is the cause.
    public static func are(_ cause: String) -> Bool { chosen == cause }

    /// The share of the program's time that has passed, from 0; over 1: it is to end.
    public static var passed: Double {
        // Read before the clock is: it is read itself the first time.
        let began = began
        return Double(Clock.now() - began) / 1e9 / seconds
    }
}
