/// Messages that `journalctl -o json` wrote as numbers, `"MESSAGE":[27,91,51,109]`, because they hold control characters.
///
/// A block of other logs costs a look at its first line. In what journald wrote the numbers are put back into text, so that
/// records are found in it; a line feed becomes `\n`, as in messages without control characters.
struct NumberedMessages: ~Copyable {
    private var text = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    private static let member: StaticString = "\"MESSAGE\":"
    private static let numbers: StaticString = "\"MESSAGE\":["

    deinit {
        text.deallocate()
    }

    /// Returns the block with texts for numbers, which is valid until the next call, and has ``LineBlocks/padding`` bytes behind it.
    mutating func written(_ block: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard block.first == UInt8(ascii: "{"), let firstLine = block.place(of: 0x0a),
            UnsafeRawBufferPointer(rebasing: block[..<firstLine]).place(of: Self.member) != nil,
            let first = block.place(of: Self.numbers)
        else { return block }
        if text.count < block.count + LineBlocks.padding {
            text.deallocate()
            text = .allocate(byteCount: block.count + LineBlocks.padding, alignment: 64)
        }
        return rewrite(block, first)
    }

    private func rewrite(_ block: UnsafeRawBufferPointer, _ first: Int) -> UnsafeRawBufferPointer {
        var (read, written) = (0, 0)
        func copy(to end: Int) {
            let piece = UnsafeRawBufferPointer(rebasing: block[read..<end])
            UnsafeMutableRawBufferPointer(rebasing: text[written...]).copyMemory(from: piece)
            (read, written) = (end, written + piece.count)
        }
        var next: Int? = first
        while let start = next {
            copy(to: start + Self.numbers.utf8CodeUnitCount - 1)
            // The text is no longer than its numbers: two bytes for three, `10,`, are the most.
            if let (end, count) = writeMessage(block, from: start + Self.numbers.utf8CodeUnitCount, at: written) {
                (read, written) = (end, written + count)
            }
            next = UnsafeRawBufferPointer(rebasing: block[read...]).place(of: Self.numbers).map { read + $0 }
        }
        copy(to: block.count)
        UnsafeMutableRawBufferPointer(rebasing: text[written..<(written + LineBlocks.padding)])
            .initializeMemory(as: UInt8.self, repeating: 0)
        return UnsafeRawBufferPointer(rebasing: text[..<written])
    }

    /// Writes the text of numbers that begin at `start`, behind their bracket, in quotation marks. Returns where they end and how
    /// many bytes were written; nil: these are no bytes.
    private func writeMessage(
        _ block: UnsafeRawBufferPointer, from start: Int, at place: Int
    ) -> (end: Int, count: Int)? {
        var (read, end) = (start, place)
        func write(_ byte: UInt8) {
            text[end] = byte
            end += 1
        }
        write(UInt8(ascii: "\""))
        while read < block.count {
            var (number, digits) = (0, 0)
            while read < block.count, digits < 4, (0x30...0x39).contains(block[read]) {
                number = number * 10 + Int(block[read] - 0x30)
                (read, digits) = (read + 1, digits + 1)
            }
            guard (1...3).contains(digits), number < 256, read < block.count else { return nil }
            if number == 0x0a {
                write(UInt8(ascii: "\\"))
                write(UInt8(ascii: "n"))
            } else {
                write(UInt8(number))
            }
            switch block[read] {
            case UInt8(ascii: ","): read += 1
            case UInt8(ascii: "]"):
                write(UInt8(ascii: "\""))
                return (read + 1, end - place)
            default: return nil
            }
        }
        return nil
    }
}
