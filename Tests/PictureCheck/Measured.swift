import CImageCodecs
import Redness

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// What is measured of a file, as JSON.
func measured(_ file: String) -> String {
    do throws(PictureError) {
        let picture = try PictureMeasurer().measure(file: file)
        let hues = picture.hueSectors
        let sectors = [hues.red, hues.yellow, hues.green, hues.cyan, hues.blue, hues.magenta, hues.colourless]
        let box = picture.redBox.map { "[\($0.x),\($0.y),\($0.width),\($0.height)]" } ?? "null"
        return """
            {"redPixels":\(picture.redPixels),"pixels":\(picture.pixels),"width":\(picture.width),\
            "height":\(picture.height),"format":"\(picture.format)",\
            "mean":[\(picture.meanRed),\(picture.meanGreen),\(picture.meanBlue)],"hues":\(sectors),\
            "box":\(box),"orientation":\(picture.orientation)}
            """
    } catch {
        return "{\"error\":\"\(String("\(error)".map { $0 == "\"" || $0 == "\\" ? "'" : $0 }))\"}"
    }
}

/// A file's bytes; ends the program where they cannot be read.
func contents(of file: String) -> [UInt8] {
    guard let stream = fopen(file, "rb") else {
        fail("picture-check: cannot read '\(file)': \(String(cString: strerror(errno)))\n")
    }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&piece, 1, piece.count, stream)
        if count == 0 { return bytes }
        bytes += piece[..<count]
    }
}

/// Decodes a picture and hands out its rows; `start` is called before the first one.
func decode(
    _ bytes: UnsafeRawBufferPointer, start: (ic_header) -> Void, rows: (ic_rows) -> Void
) throws(PictureError) {
    guard let format = PictureFormat.detect(bytes) else { throw .unknownFormat("something else") }
    let decoder = try RowDecoder(.memory(bytes), format: format, limits: PictureLimits())
    let header = try decoder.readHeader(.full)
    try decoder.start()
    start(header)
    while true {
        let some = try decoder.readRows()
        guard some.count > 0 else { return }
        rows(some)
    }
}

/// Writes a line of width, height and channels, and the pixels.
func writePixels(of file: String) {
    contents(of: file).withUnsafeBytes { bytes in
        var rowBytes = 0
        do throws(PictureError) {
            try decode(bytes) { header in
                rowBytes = Int(header.row_pixels * header.channels)
                writeAll("\(header.row_pixels) \(header.row_count) \(header.channels)\n", to: STDOUT_FILENO)
            } rows: { rows in
                for row in 0..<Int(rows.count) {
                    writeAll(
                        UnsafeRawBufferPointer(start: rows.pixels + row * rows.stride, count: rowBytes),
                        to: STDOUT_FILENO)
                }
            }
        } catch {
            fail("picture-check: '\(file)': \(error)\n")
        }
    }
}

/// Ends the program with a text on standard error and status 2.
func fail(_ text: String) -> Never {
    writeAll(text, to: STDERR_FILENO)
    exit(2)
}

private func writeAll(_ text: String, to descriptor: Int32) {
    Array(text.utf8).withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// Writes all bytes; ends the program where that fails.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var left = bytes[...]
    while !left.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: left).baseAddress, left.count)
        guard count > 0 else { exit(2) }
        left = left.dropFirst(count)
    }
}
