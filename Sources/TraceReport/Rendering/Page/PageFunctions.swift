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

    /// Writes `"files":[…],"names":[name, function, file's number, line, …]`.
    func write(to json: inout JSONWriter) {
        var files: [String: Int] = [:]
        var fileNames: [String] = []
        json.array("names") { json in
            for place in places {
                let file = files[place.file] ?? files.count
                if files.updateValue(file, forKey: place.file) == nil { fileNames.append(place.file) }
                json.element(HTMLText.shown(place.name))
                json.element(HTMLText.shown(place.function, columns: 80))
                json.element(UInt64(file))
                json.element(place.line)
            }
        }
        json.array("files") { json in fileNames.forEach { json.element(HTMLText.shown($0)) } }
    }
}
