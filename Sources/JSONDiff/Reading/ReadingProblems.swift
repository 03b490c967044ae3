// What is wrong with a text, in words.
extension DocumentReader {
    func failure(_ problem: String, at place: UInt32) -> JSONReadingError {
        JSONReadingError(problem, at: place == TokenPlaces.end ? text.count : Int(place), in: text)
    }

    /// The place of a token as a message has it.
    func found(_ place: UInt32) -> String {
        guard place != TokenPlaces.end else { return "the end of the text" }
        let byte = base[Int(place)]
        return (0x21...0x7E).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "the byte \(byte)"
    }

    @inline(never)
    func missingValue(at place: UInt32) -> JSONReadingError {
        if place == TokenPlaces.end {
            return failure(
                depth == 0 ? "there is no value" : "the text ends before its value does: is it cut off?", at: place)
        }
        return failure("a value has to stand here, not \(found(place))", at: place)
    }

    @inline(never)
    func missingKey(at place: UInt32) -> JSONReadingError {
        failure("a key in quotes has to stand here, not \(found(place))", at: place)
    }

    @inline(never)
    func missingSeparator(_ closing: UInt8, at place: UInt32) -> JSONReadingError {
        failure(
            "a comma or '\(Character(UnicodeScalar(closing)))' has to stand here, not \(found(place))"
                + (place == TokenPlaces.end ? ": is the text cut off?" : ""), at: place)
    }

    @inline(never)
    func wrongNumber(at place: UInt32) -> JSONReadingError {
        failure("this is no number as JSON has them: a digit is missing, or something is behind it", at: place)
    }

    @inline(never)
    func duplicate(in object: Range<Int>) -> JSONReadingError {
        var seen: [[UInt8]: UInt32] = [:]
        let scanner = TextScanner(base: base, count: text.count)
        var cursor = ChildCursor(scanner, object, nil, index: nil)
        while let child = cursor.advance() {
            let quoted = UnsafeBufferPointer(rebasing: text[Int(child.keyStart)..<Int(child.keyEnd)])
            var key = StringContent.characters(quoted)
            if normalizes { key = StringContent.normalized(key) }
            if let first = seen[key] {
                let place = failure("", at: first)
                return failure(
                    "the object has this key already, at line \(place.line), column \(place.column); "
                        + "say which one counts (duplicates)", at: child.keyStart)
            }
            seen[key] = child.keyStart
        }
        return failure("the object has a key more than once", at: UInt32(object.lowerBound))
    }
}
