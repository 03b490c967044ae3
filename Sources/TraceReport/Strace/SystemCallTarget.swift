/// What a system call is called with: the file or the peer.
struct SystemCallTarget: Equatable {
    /// A path, an address, or what kind of descriptor it is; empty: not known.
    var name = ""
    /// What kind of descriptor; nil: not known.
    var kind: ThreadEvent.Kind?

    /// Longer names are cut, at their beginning: a file's own name is at the end.
    private static let longestName = 256

    /// Takes what -y or -yy says of a descriptor.
    init(description: UnsafeRawBufferPointer, isDeleted: Bool) {
        if description.first == UInt8(ascii: "/") {
            // -yy adds the device's number.
            let path = description.prefix { $0 != UInt8(ascii: "<") }
            let name = Self.unescaped(path)
            kind = name.hasPrefix("/dev/pts/") || name.hasPrefix("/dev/tty") ? .pipe : .file
            self.name = isDeleted ? name + " (deleted)" : name
            return
        }
        let text = Self.unescaped(description[...])
        guard let colon = text.firstRange(of: ":[") else {
            name = text
            return
        }
        let inside = text[colon.upperBound...].dropLast(text.hasSuffix("]") ? 1 : 0)
        switch text[..<colon.lowerBound] {
        case "pipe": (name, kind) = ("pipe", .pipe)
        case "socket": (name, kind) = ("socket", .network)
        case "anon_inode": (name, kind) = (String(inside), inside == "eventpoll" ? .poll : .other)
        case let family where family.hasPrefix("UNIX"): (name, kind) = (Self.unixPath(inside), .network)
        case let family: (name, kind) = (Self.peer(inside, of: family), .network)
        }
    }

    init(name: String = "", kind: ThreadEvent.Kind? = nil) {
        self.name = name
        self.kind = kind
    }

    /// `TCP 10.0.0.1:5432`, `TCP :8080 from 10.0.0.7`: a port that a client was lent differs with each connection.
    private static func peer(_ addresses: Substring, of family: Substring) -> String {
        guard let arrow = addresses.firstRange(of: "->") else {
            return addresses.contains(":") ? "\(family) \(addresses)" : String(family)
        }
        let (local, remote) = (addresses[..<arrow.lowerBound], addresses[arrow.upperBound...])
        guard let localPort = port(of: local), let remotePort = port(of: remote), localPort < remotePort else {
            return "\(family) \(remote)"
        }
        let host = remote[..<(remote.lastIndex(of: ":") ?? remote.endIndex)]
        return "\(family) :\(localPort) from \(host)"
    }

    private static func port(of address: Substring) -> Int? {
        address.lastIndex(of: ":").flatMap { Int(address[address.index(after: $0)...]) }
    }

    /// The path in `11->12,"/run/x"`.
    private static func unixPath(_ inside: Substring) -> String {
        guard let quote = inside.firstIndex(of: "\"") else { return "UNIX socket" }
        let path = inside[inside.index(after: quote)...]
        return "UNIX " + (path.hasSuffix("\"") ? path.dropLast() : path)
    }

    /// Returns bytes that strace escaped as C does, as text.
    static func unescaped(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) || bytes.count > longestName else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var text: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.endIndex else {
                text.append(byte)
                continue
            }
            text.append(unescaped(&index, bytes))
        }
        if text.count > longestName { text = Array("…".utf8) + text.suffix(longestName) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns the byte that an escape stands for, which goes on at `index`.
    private static func unescaped(_ index: inout Int, _ bytes: Slice<UnsafeRawBufferPointer>) -> UInt8 {
        let letter = bytes[index]
        index += 1
        switch letter {
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "v"): return 0x0b
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "x"): return number(&index, bytes, radix: 16, digits: 2, from: 0)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            return number(&index, bytes, radix: 8, digits: 2, from: letter - UInt8(ascii: "0"))
        default: return letter
        }
    }

    private static func number(
        _ index: inout Int, _ bytes: Slice<UnsafeRawBufferPointer>, radix: UInt8, digits: Int, from first: UInt8
    ) -> UInt8 {
        var value = first
        var left = digits
        while left > 0, index < bytes.endIndex, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue,
            digit < Int(radix)
        {
            value = value &* radix &+ UInt8(digit)
            index += 1
            left -= 1
        }
        return value
    }
}
