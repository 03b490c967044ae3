/// Reads the partials of a file or a pipe, a line each.
enum PartialFile {
    /// Returns the pieces of all lines.
    ///
    /// - Throws: ``LogReadError`` that names the line, and where in it what is wrong.
    static func pieces(
        of source: consuming some ByteSource & ~Copyable, name: String
    ) throws(LogReadError) -> [LogPiece] {
        var pieces: [LogPiece] = []
        var line: [UInt8] = []
        var number = 1
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            var rest = buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += rest[..<end]
                pieces += try decoded(line, number, name)
                number += 1
                line.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            line += rest
            guard line.count <= PartialLine.maximumBytes else {
                throw LogReadError(
                    name: name, reason: "line \(number): a partial has \(PartialLine.maximumBytes >> 20) MiB at most")
            }
        }
        return pieces + (try decoded(line, number, name))
    }

    private static func decoded(_ line: [UInt8], _ number: Int, _ name: String) throws(LogReadError) -> [LogPiece] {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
        if line.isEmpty { return [] }
        do throws(PartialError) { return try PartialLine.decoded(line) } catch {
            let place = error.offset > 0 ? "line \(number), byte \(error.offset) of the partial" : "line \(number)"
            throw LogReadError(name: name, reason: "\(place): \(error.reason)")
        }
    }
}
