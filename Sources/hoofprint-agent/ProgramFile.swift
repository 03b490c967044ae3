#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A file that is to be executed: what can be read of it before.
struct ProgramFile {
    let path: String
    private let head: [UInt8]

    init(path: String) throws(LaunchError) {
        self.path = path
        head = try Self.read(path, offset: 0, count: 512)
    }

    /// What stands behind `#!` in the first line of a script; nil: it is a program, which can be sampled.
    func interpreterLine() throws(LaunchError) -> String? {
        if head.starts(with: "#!".utf8) {
            let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
            return String(decoding: line, as: UTF8.self).trimmed
        }
        try checkProgram()
        return nil
    }

    /// Throws unless it is an ELF program of this machine which a loader of glibc loads (ELF gABI, "ELF Header").
    private func checkProgram() throws(LaunchError) {
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46]), head.count >= 64 else {
            throw .refused("'\(path)' is neither an ELF program nor a script: nothing can be preloaded into it")
        }
        let own = try Self.read("/proc/self/exe", offset: 0, count: 64)
        // Class, byte order, machine.
        guard own.count == 64, head[4...5] == own[4...5], head[18...19] == own[18...19] else {
            throw .refused("'\(path)' is a program of another machine or word size than this agent")
        }
        guard let loader = try loader() else {
            throw .refused(
                "'\(path)' is statically linked: nothing can be preloaded into it; build it without -static-executable "
                    + "(C: without -static), or add Hoofprint to it")
        }
        if loader.contains("ld-musl") {
            throw .refused(
                "'\(path)' is loaded by musl ('\(loader)'), the agent needs glibc; add Hoofprint to the program")
        }
        try checkPrivileges()
    }

    /// The loader that the program asks for; nil: it is linked statically.
    private func loader() throws(LaunchError) -> String? {
        let entryBytes = 56, programInterpreter: UInt64 = 3
        let table = number(32, 8), count = number(56, 2)
        guard number(54, 2) == UInt64(entryBytes), table <= UInt64(Int64.max) else { throw damaged() }
        let entries = try Self.read(path, offset: Int64(table), count: Int(count) * entryBytes)
        guard entries.count == Int(count) * entryBytes else { throw damaged() }
        for index in 0..<Int(count) {
            let entry = Array(entries[index * entryBytes..<(index + 1) * entryBytes])
            guard Self.number(entry, 0, 4) == programInterpreter else { continue }
            let offset = Self.number(entry, 8, 8), size = Self.number(entry, 32, 8)
            guard offset <= UInt64(Int64.max), size <= UInt64(PATH_MAX) else { throw damaged() }
            let name = try Self.read(path, offset: Int64(offset), count: Int(size))
            return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
        return nil
    }

    /// Throws where the loader would take LD_PRELOAD for an attack (ld.so(8), "Secure-execution mode").
    private func checkPrivileges() throws(LaunchError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.unreadable(path) }
        let isOtherUser = status.st_mode & S_ISUID != 0 && status.st_uid != geteuid()
        let isOtherGroup = status.st_mode & S_ISGID != 0 && status.st_gid != getegid()
        guard isOtherUser || isOtherGroup else { return }
        throw .refused(
            "'\(path)' runs with more rights than its caller (set-user-ID or set-group-ID): the loader ignores LD_PRELOAD; "
                + "run it as the user it changes to, or add Hoofprint to it")
    }

    private func damaged() -> LaunchError {
        .notRunnable("'\(path)' is a damaged ELF file: its program headers are not there")
    }

    private func number(_ offset: Int, _ size: Int) -> UInt64 { Self.number(head, offset, size) }

    /// A little-endian number; both machines that Hoofprint runs on are.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func unreadable(_ path: String) -> LaunchError {
        .notRunnable("cannot read '\(path)': \(String(cString: strerror(errno)))")
    }

    private static func read(_ path: String, offset: Int64, count: Int) throws(LaunchError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(file, &bytes, count, Int(offset))
        guard read >= 0 else { throw unreadable(path) }
        return Array(bytes.prefix(read))
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, " \t\r".contains(first) { text.removeFirst() }
        while let last = text.last, " \t\r".contains(last) { text.removeLast() }
        return String(text)
    }
}
