import HTTPService
import Crypto

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The keys of the clients, as a file says them: a line each, `NAME SHA256 [reads-all]`, with the SHA-256 of the key in
/// hexadecimal digits. Lines that are empty or begin with `#` say nothing.
///
/// The file holds no key, so who reads it cannot use it. A hash without salt or work factor is enough for keys that are
/// random: from 128 bits on there is nothing to guess.
public struct KeyRing: Sendable {
    /// The keys' SHA-256, as digits, and whose they are.
    private let entries: [(digits: [UInt8], client: Client)]

    /// Reads a file of at most 1 MiB.
    ///
    /// - Throws: ``KeyFileError``, which names the line.
    public init(file path: String) throws(KeyFileError) {
        guard let stream = fopen(path, "re") else {
            throw KeyFileError(path: path, line: nil, detail: SystemText.error(errno))
        }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20 + 1)
        let count = fread(&bytes, 1, bytes.count, stream)
        guard count <= 1 << 20 else { throw KeyFileError(path: path, line: nil, detail: "it is longer than 1 MiB") }
        try self.init(String(decoding: bytes[..<count], as: UTF8.self), path: path)
    }

    /// Reads the text of a file.
    init(_ text: String, path: String) throws(KeyFileError) {
        var entries: [(digits: [UInt8], client: Client)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let fail = { (detail: String) in KeyFileError(path: path, line: index + 1, detail: detail) }
            guard words.count == 2 || (words.count == 3 && words[2] == "reads-all") else {
                throw fail("a line is NAME SHA256, and reads-all where the client may read all pictures")
            }
            guard Client.isName(first) else {
                throw fail("a name is 1 to 64 letters, digits, '-', '_' and '.'")
            }
            guard let id = PictureID(words[1].lowercased()) else {
                throw fail("the second word is the key's SHA-256: 64 hexadecimal digits, as from 'sha256sum'")
            }
            let client = Client(name: String(first), readsAll: words.count == 3)
            entries.append((Array(id.text.utf8), client))
        }
        guard !entries.isEmpty else { throw KeyFileError(path: path, line: nil, detail: "it holds no key") }
        self.entries = entries
    }

    /// Whose key this is; nil if nobody's. Takes as long whether and wherever it is found.
    func client(withKey key: some StringProtocol) -> Client? {
        let digits = Hexadecimal.text(SHA256.hash(data: Array(key.utf8))).utf8
        var found: Client?
        for entry in entries {
            let difference = zip(entry.digits, digits).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0 { found = entry.client }
        }
        return found
    }
}

/// A file of keys that cannot be used.
public struct KeyFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, from 1; nil where it is no line's fault.
    public let line: Int?
    /// What is wrong with it.
    public let detail: String

    /// The file, the line, and what is wrong there.
    public var description: String {
        "cannot use the keys in '\(path)'\(line.map { ", line \($0)" } ?? ""): \(detail)"
    }
}
