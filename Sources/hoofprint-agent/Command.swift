#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What is executed: the program, or for a script that asks `env` for its interpreter that interpreter, since the agent
/// would otherwise be loaded into `env`.
struct Command {
    var file: String
    var arguments: [String]
    /// Whether `file` is what the caller named.
    var isProgram: Bool
    /// The interpreter, where it is a shell.
    var shell: String?

    /// Finds out what runs when a file is executed, and whether it can be sampled.
    static func resolve(_ path: String, arguments: [String]) throws(LaunchError) -> Command {
        // The kernel follows five (binfmt_script.c, exec.c).
        let mostInterpreters = 5
        var command = Command(file: path, arguments: arguments, isProgram: true)
        var file = path
        for _ in 0...mostInterpreters {
            guard let line = try ProgramFile(path: file).interpreterLine() else { return command }
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let interpreter = words.first else {
                throw .notRunnable("'\(file)' names no interpreter in its first line")
            }
            if interpreter.split(separator: "/").last == "env" {
                guard words.count == 2, !words[1].hasPrefix("-"), !words[1].contains("=") else {
                    throw .refused(
                        "'\(file)' begins with '#!\(line)', and the agent would be loaded into \(interpreter); run its "
                            + "interpreter instead, with the script as an argument")
                }
                let found = try SearchPath.find(words[1])
                command = Command(file: found, arguments: [file] + command.arguments, isProgram: false)
                file = found
            } else {
                file = interpreter
            }
            let name = file.split(separator: "/").last.map(String.init) ?? file
            if ["sh", "bash", "dash", "ksh", "zsh"].contains(name) { command.shell = name }
        }
        throw .notRunnable("'\(path)' is a script of a script, more than \(mostInterpreters) deep")
    }
}
