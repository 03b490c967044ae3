import Foundation

/// The programs that a bundle is made with.
struct BundleTools {
    private let paths: [String: String]
    /// Which objcopy is used.
    let objcopy: String

    /// - Parameter compressor: Its name, and the Debian package that it is in.
    init(compressor: (name: String, package: String)?) throws {
        var paths: [String: String] = [:]
        let needed = [
            ("tar", "tar"), ("cp", "coreutils"), ("sha256sum", "coreutils"), ("ldconfig", "libc-bin"),
        ]
        for (name, package) in needed + (compressor.map { [($0.name, $0.package)] } ?? []) {
            guard let path = Self.find(name) else { throw Self.missing(name, package) }
            paths[name] = path
        }
        // The toolchain's own knows what its linkers write, of any machine.
        let compiler = Self.find("swiftc").map { URL(fileURLWithPath: $0).resolvingSymlinksInPath() }
        let own = compiler.flatMap { Self.find("llvm-objcopy", in: [$0.deletingLastPathComponent().path]) }
        guard let path = own ?? Self.find("llvm-objcopy") ?? Self.find("objcopy") else {
            throw Self.missing("objcopy", "binutils")
        }
        objcopy = "objcopy"
        paths[objcopy] = path
        self.paths = paths
    }

    private static func missing(_ name: String, _ package: String) -> BundleError {
        BundleError(
            "cannot bundle without the program '\(name)', which is in no folder of PATH; install it "
                + "(apt-get install \(package))")
    }

    private static func find(_ name: String, in folders: [String]? = nil) -> String? {
        // ldconfig is where only the administrator's PATH leads to.
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let known = folders ?? path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return known.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    func run(_ name: String, _ arguments: [String], for purpose: String) throws {
        _ = try output(name, arguments, for: purpose)
    }

    /// Runs a program in the C locale, without the variables that change what packers do, and returns what it prints.
    func output(_ name: String, _ arguments: [String], in folder: URL? = nil, for purpose: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: paths[name] ?? name)
        process.arguments = arguments
        process.environment = ["LC_ALL": "C", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        if let folder { process.currentDirectoryURL = folder }
        // One pipe for both, so that neither fills while the other is read.
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        let printed: Data
        do {
            try process.run()
            printed = try pipe.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            throw BundleError("cannot \(purpose): cannot run '\(name)': \(BundleError.reason(error))")
        }
        process.waitUntilExit()
        let text = String(decoding: printed, as: UTF8.self)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let end = process.terminationReason == .exit ? "status" : "signal"
            let said = text.split(separator: "\n").prefix(5).joined(separator: "; ")
            throw BundleError("cannot \(purpose): \(name) ended with \(end) \(process.terminationStatus): \(said)")
        }
        return text
    }
}

/// Why there is no bundle: what was done, with what, what is wrong, and where it can be told, what to do.
struct BundleError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// What Foundation has to say of an error of the system.
    static func reason(_ error: any Error) -> String {
        let cocoa = error as NSError
        if let below = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError, below.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(below.code)))
        }
        return cocoa.localizedDescription
    }
}

/// Does something with files; what goes wrong is told with what was being done.
func attempt<Value>(_ purpose: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as BundleError {
        throw error
    } catch {
        throw BundleError("cannot \(purpose): \(BundleError.reason(error))")
    }
}
