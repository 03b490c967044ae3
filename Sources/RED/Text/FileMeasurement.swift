import Redness

/// What came of measuring a file: for `red measure`.
public struct FileMeasurement: Sendable {
    /// The file's path, as it was given.
    public let file: String
    /// The measurement, or why there is none.
    public let result: Result<PictureMeasurement, PictureError>

    /// Measures a file with the code and the limits that the server uses. Blocks; CPU-bound.
    public init(of file: String, limits: PictureLimits = PictureLimits()) {
        self.file = file
        result = Result { () throws(PictureError) in try PictureMeasurer(limits: limits).measure(file: file) }
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
                percent(picture.red), "\(picture.redPixels)", "\(picture.pixels)",
                "\(picture.width)×\(picture.height)", picture.format.rawValue, file,
            ]
        }
        guard !rows.isEmpty else { return "" }
        let table = [["RED", "RED PIXELS", "PIXELS", "SIZE", "FORMAT", "FILE"]] + rows
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

    /// Numbers to the right, texts to the left, and the last column as it is.
    private static func line(_ row: [String], _ widths: [Int]) -> String {
        let cells = row.indices.map { column in
            let padding = String(repeating: " ", count: widths[column] - row[column].count)
            return switch column {
            case 0..<4: padding + row[column]
            case row.count - 1: row[column]
            default: row[column] + padding
            }
        }
        return cells.joined(separator: "  ")
    }
}
