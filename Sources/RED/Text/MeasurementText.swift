import HTTPService
import Redness

extension PictureMeasurement {
    /// The measurement's members, in the order they are documented in.
    var members: [(name: String, value: JSONObject.Value)] {
        [
            ("red", .number(red)), ("redPixels", .number(redPixels)), ("pixels", .number(pixels)),
            ("width", .number(width)), ("height", .number(height)), ("format", .text(format.rawValue)),
            ("meanRed", .number(meanRed)), ("meanGreen", .number(meanGreen)), ("meanBlue", .number(meanBlue)),
            ("hueSectors", .object(hueSectors.members)), ("redBox", redBox.map { .object($0.members) } ?? .null),
            ("orientation", .number(orientation)), ("isApproximate", .flag(isApproximate)),
        ]
    }
}

extension HueSectors {
    /// The sectors in the order of their hues, and what has none.
    var members: [(name: String, value: JSONObject.Value)] {
        [
            ("red", .number(red)), ("yellow", .number(yellow)), ("green", .number(green)), ("cyan", .number(cyan)),
            ("blue", .number(blue)), ("magenta", .number(magenta)), ("colourless", .number(colourless)),
        ]
    }
}

extension PictureBox {
    var members: [(name: String, value: JSONObject.Value)] {
        [("x", .number(x)), ("y", .number(y)), ("width", .number(width)), ("height", .number(height))]
    }
}
