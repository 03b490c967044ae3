import Redness

extension PictureMeasurement {
    /// The measurement's members, in the order they are documented in.
    var members: [(name: String, value: JSONObject.Value)] {
        [
            ("red", .number(red)), ("redPixels", .number(redPixels)), ("pixels", .number(pixels)),
            ("width", .number(width)), ("height", .number(height)), ("format", .text(format.rawValue)),
        ]
    }
}
