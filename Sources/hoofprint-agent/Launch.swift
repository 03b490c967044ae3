#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A program to be run with the agent.
struct Launch {
    let program: String
    let arguments: [String]
    let sample: String?
    let sink: String?

    /// Becomes the program. Returns only by an error.
    func run() throws(LaunchError) -> Never {
        let agent = try Self.findAgent()
        let path = try SearchPath.find(program)
        let command = try Command.resolve(path, arguments: arguments)
        if let shell = command.shell {
            StandardError.say(
                "'\(path)' is a script of \(shell): what is sampled is the shell, not the programs it runs; "
                    + "name the program itself, or preload the agent within the script")
        }
        let preloaded = getenv("LD_PRELOAD").map { String(cString: $0) } ?? ""
        setenv("LD_PRELOAD", preloaded.isEmpty ? agent : agent + ":" + preloaded, 1)
        setenv("HOOFPRINT_SAMPLE", sample ?? "99", sample == nil ? 0 : 1)
        if let sink { setenv("HOOFPRINT_SINK", sink, 1) }
        // argv[0] is what the caller wrote, as a shell would have it.
        let words = (command.isProgram ? [program] : [command.file]) + command.arguments
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        execv(command.file, pointers)
        throw .notRunnable("cannot run '\(command.file)': \(String(cString: strerror(errno)))")
    }

    /// The agent's library: beside this command, or below the folder lib beside its folder.
    private static func findAgent() throws(LaunchError) -> String {
        let name = "libHoofprintAgent.so"
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        let own = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
        let places = ["", "/../lib/hoofprint", "/../lib"].map { "\(folder)\($0)/\(name)" }
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw .refused(
                "\(name) is neither in '\(folder)' nor in '\(folder)/../lib/hoofprint'; copy it there "
                    + "(scripts/build-agent)")
        }
        guard !found.contains(where: { " :\t\n".contains($0) }) else {
            throw .refused(
                "'\(found)' has a space or colon in it, at which the loader parts LD_PRELOAD; move it to another folder"
            )
        }
        return found
    }
}

/// Where commands are looked for.
enum SearchPath {
    /// Returns the file that a name stands for, as execvp(3) does.
    static func find(_ name: String) throws(LaunchError) -> String {
        if name.contains("/") {
            guard access(name, F_OK) == 0 else { throw .notFound("'\(name)' is not there") }
            return name
        }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
        for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = (folder.isEmpty ? "." : folder) + "/" + name
            var status = stat()
            if access(candidate, X_OK) == 0, stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                return candidate
            }
        }
        throw .notFound("'\(name)' is in no folder of PATH")
    }
}
