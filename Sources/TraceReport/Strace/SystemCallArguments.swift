/// What a system call's arguments say: `fsync(3</srv/a>)`, `connect(5, {sa_family=AF_INET, …}, 16)`.
struct SystemCallArguments {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Returns what it is called with; `result`: what it returned, where that is known.
    func target(_ place: SystemCallKind.Target, result: UnsafeRawBufferPointer?) -> SystemCallTarget {
        switch place {
        case .descriptor: return descriptor() ?? SystemCallTarget()
        case .path:
            // What an opened file is called in full.
            if let result, let opened = Self.descriptor(in: result) { return opened }
            guard let path = firstString(), !path.isEmpty else { return descriptor() ?? SystemCallTarget() }
            return SystemCallTarget(name: SystemCallTarget.unescaped(path[...]), kind: .file)
        case .address: return address() ?? descriptor() ?? SystemCallTarget()
        case .set: return set()
        case .none: return SystemCallTarget()
        }
    }

    /// Whether its arguments hold a text outside of strings.
    func contains(_ text: StaticString) -> Bool {
        var rest = StraceText(bytes)
        while let byte = rest.peek {
            if byte == UInt8(ascii: "\"") {
                rest.skipString()
            } else if rest.skip(text) {
                return true
            } else {
                rest.skipByte()
            }
        }
        return false
    }

    /// Returns its arguments number `index`, from 0, where those before it are numbers and names.
    func word(_ index: Int) -> Substring {
        let words = String(decoding: bytes.prefix(160), as: UTF8.self).split(separator: ",", maxSplits: index + 1)
        return words.count > index ? words[index].drop { $0 == " " } : ""
    }

    private func descriptor() -> SystemCallTarget? { Self.descriptor(in: bytes) }

    /// Returns the descriptor that `text` begins with.
    private static func descriptor(in text: UnsafeRawBufferPointer) -> SystemCallTarget? {
        var text = StraceText(text)
        guard text.takeNumber() != nil || text.skip("AT_FDCWD"), text.peek == UInt8(ascii: "<") else { return nil }
        let description = text.skipDescription()
        return SystemCallTarget(description: description, isDeleted: text.startsWith("(deleted)"))
    }

    private func firstString() -> UnsafeRawBufferPointer? {
        var text = StraceText(bytes)
        while let byte = text.peek {
            if byte == UInt8(ascii: "\"") { return text.skipString() }
            if byte == UInt8(ascii: "<") { text.skipDescription() } else { text.skipByte() }
        }
        return nil
    }

    /// Returns the descriptor of a set of one.
    private func set() -> SystemCallTarget {
        var text = StraceText(bytes)
        guard text.skip("[{fd="), text.takeNumber() != nil, text.peek == UInt8(ascii: "<") else {
            return SystemCallTarget()
        }
        let description = text.skipDescription()
        let rest = SystemCallArguments(text.rest)
        guard !rest.contains("{fd=") else { return SystemCallTarget() }
        return SystemCallTarget(description: description, isDeleted: false)
    }

    /// Returns the address of `{sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("127.0.0.1")}`.
    private func address() -> SystemCallTarget? {
        var text = StraceText(bytes)
        var port = ""
        while let byte = text.peek {
            if text.skip("port=htons(") {
                port = text.takeNumber().map { ":\($0)" } ?? ""
            } else if text.skip("inet_addr(") || text.skip("inet_pton(AF_INET6, ") {
                let host = SystemCallTarget.unescaped(text.skipString()[...])
                let isLong = host.contains(":")
                return SystemCallTarget(name: (isLong ? "[\(host)]" : host) + port, kind: .network)
            } else if text.skip("sun_path=") {
                let isAbstract = text.skip("@")
                let path = SystemCallTarget.unescaped(text.skipString()[...])
                return SystemCallTarget(name: "UNIX " + (isAbstract ? "@" : "") + path, kind: .network)
            } else if byte == UInt8(ascii: "<") {
                text.skipDescription()
            } else {
                text.skipByte()
            }
        }
        return nil
    }
}
