#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Who asks a server, a broker or one for mail, apart from its URL: an argument that is a URL is seen by all who can list
/// processes.
public struct Credentials: Sendable, Equatable {
    package let user: String
    package let password: String

    /// A user and its password.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Reads a file of at most 4 KiB whose first line is the user's name, and whose second is the password, as they are.
    ///
    /// - Throws: ``CredentialsError``, which names the file and says nothing of what is in it.
    public init(file path: String) throws(CredentialsError) {
        guard let stream = fopen(path, "re") else { throw CredentialsError(path: path, code: errno) }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 4_097)
        let count = fread(&bytes, 1, bytes.count, stream)
        guard ferror(stream) == 0 else { throw CredentialsError(path: path, code: errno) }
        let lines = bytes[..<count].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
            .map { String(validating: $0, as: UTF8.self) }
        guard count < bytes.count, lines.count >= 2, let user = lines[0], let password = lines[1], !user.isEmpty,
            !password.isEmpty, lines.dropFirst(2).allSatisfy({ $0 == "" })
        else { throw CredentialsError(path: path, code: nil) }
        self.init(user: user, password: password)
    }
}

/// A file that has no credentials.
public struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// Why it cannot be read, as `errno` says it; nil if it can.
    public let code: Int32?

    /// The file, and what is wrong with it.
    public var description: String {
        let problem = code.map(SystemText.error) ?? "it is not a line with the name and one with the password"
        return "cannot use the credentials in '\(path)': \(problem)"
    }
}
