/// The functions that a page names, each once: numbers stand for them everywhere else.
struct PageFunctions {
    private var places: [FunctionPlace] = []
    private var numbers: [FunctionPlace: Int] = [:]

    /// How many there are.
    var count: Int { places.count }

    /// Returns the number of a place, from 0.
    mutating func number(of place: FunctionPlace) -> Int {
        if let number = numbers[place] { return number }
        numbers[place] = places.count
        places.append(place)
        return places.count - 1
    }

    /// Writes `"names":[…],"codes":[…],"files":[…],"paths":[…],"lines":[…]`: names, functions, the numbers of their
    /// files, the files, lines. A function that its name ends in is written as the negative number of its UTF-16 units.
    func write(to json: inout JSONWriter) {
        json.array("names") { json in for place in places { json.element(HTMLText.shown(place.name)) } }
        json.array("codes") { json in
            for place in places {
                let function = HTMLText.shown(place.function, columns: 80)
                // Names end in their function's so often that it is worth it.
                if !function.isEmpty, HTMLText.shown(place.name).hasSuffix(function) {
                    json.element(-Int64(function.utf16.count))
                } else {
                    json.element(function)
                }
            }
        }
        var files: [String: Int] = [:]
        var paths: [String] = []
        json.array("files") { json in
            for place in places {
                let file = files[place.file] ?? paths.count
                if files.updateValue(file, forKey: place.file) == nil { paths.append(place.file) }
                json.element(UInt64(file))
            }
        }
        json.array("paths") { json in paths.forEach { json.element(HTMLText.shown($0)) } }
        json.array("lines") { json in places.forEach { json.element($0.line) } }
    }
}
