import HTTPService
import Redness

/// What came of measuring a file: for `red measure`.
public struct FileMeasurement: Sendable {
    /// The file's path, as it was given.
    public let file: String
    /// The measurement, or why there is none.
    public let result: Result<PictureMeasurement, PictureError>

    /// Measures a file with the server's code and limits, but for files of up to 2 GiB. Blocks; CPU-bound.
    ///
    /// - Parameters:
    ///   - file: The file's path.
    ///   - scale: At which size JPEGs are decoded.
    ///   - limits: What the picture may cost; nil: the limits above.
    public init(of file: String, scale: PictureScale = .full, limits: PictureLimits? = nil) {
        self.file = file
        var ownLimits = PictureLimits()
        ownLimits.bytes = 2 << 30
        let measurer = PictureMeasurer(limits: limits ?? ownLimits)
        result = Result { () throws(PictureError) in try measurer.measure(file: file, scale: scale) }
    }

    /// Measured files as a JSON array, a line each: the members the server answers, after `file`.
    public static func json(_ files: [FileMeasurement]) -> String {
        let objects = measured(files).map { file, measurement in
            JSONObject(members: [("file", .text(file))] + measurement.members).text
        }
        return objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n"
    }

    /// Measured files as an aligned table with a heading; the empty text if there are none.
    public static func table(_ files: [FileMeasurement]) -> String {
        let rows = measured(files).map { file, picture in
            [
                (picture.isApproximate ? "≈ " : "") + percent(picture.red), "\(picture.width)×\(picture.height)",
                picture.format.rawValue, mean(picture), place(picture.redBox), file,
            ]
        }
        guard !rows.isEmpty else { return "" }
        let table = [["RED", "SIZE", "FORMAT", "MEAN", "RED PATCH", "FILE"]] + rows
        let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { row in line(row, widths) + "\n" }.joined()
    }

    private static func measured(_ files: [FileMeasurement]) -> [(String, PictureMeasurement)] {
        files.compactMap { file in
            guard case .success(let measurement) = file.result else { return nil }
            return (file.file, measurement)
        }
    }

    /// Parts per million as per cent with all four decimals: nothing is rounded.
    private static func percent(_ partsPerMillion: Int) -> String {
        let decimals = "\(partsPerMillion % 10_000)"
        return "\(partsPerMillion / 10_000).\(String(repeating: "0", count: 4 - decimals.count))\(decimals) %"
    }

    /// The mean colour as `#rrggbb`.
    private static func mean(_ picture: PictureMeasurement) -> String {
        let levels = [picture.meanRed, picture.meanGreen, picture.meanBlue].map { ($0 + 50) / 100 }
        return "#" + levels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Where the dominant patch of red is: its size, and how far from the left and from the top.
    private static func place(_ box: PictureBox?) -> String {
        box.map { "\($0.width)×\($0.height) at \($0.x),\($0.y)" } ?? "none"
    }

    /// Numbers to the right, texts to the left, and the last column as it is.
    private static func line(_ row: [String], _ widths: [Int]) -> String {
        let cells = row.indices.map { column in
            let padding = String(repeating: " ", count: widths[column] - row[column].count)
            return switch column {
            case 0..<2: padding + row[column]
            case row.count - 1: row[column]
            default: row[column] + padding
            }
        }
        return cells.joined(separator: "  ")
    }
}
