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

    /// Writes `"files":[…],"names":[name, function, file's number, line, …]`. A function that its name ends in is
    /// written as the negative number of its UTF-16 units.
    func write(to json: inout JSONWriter) {
        var files: [String: Int] = [:]
        var fileNames: [String] = []
        json.array("names") { json in
            for place in places {
                let file = files[place.file] ?? files.count
                if files.updateValue(file, forKey: place.file) == nil { fileNames.append(place.file) }
                let name = HTMLText.shown(place.name)
                let function = HTMLText.shown(place.function, columns: 80)
                json.element(name)
                // Names end in their function's so often that it is worth it.
                if !function.isEmpty, name.hasSuffix(function) {
                    json.element(-Int64(function.utf16.count))
                } else {
                    json.element(function)
                }
                json.element(UInt64(file))
                json.element(place.line)
            }
        }
        json.array("files") { json in fileNames.forEach { json.element(HTMLText.shown($0)) } }
    }
}
