extension UInt64: Carried {
    static func carried(_ value: UInt64?, by carrier: inout PartialCarrier) throws(PartialError) -> UInt64 {
        try carrier.number(value ?? 0)
    }
}

extension Bool: Carried {
    static func carried(_ value: Bool?, by carrier: inout PartialCarrier) throws(PartialError) -> Bool {
        let number = try carrier.number(value == true ? 1 : 0)
        guard number <= 1 else { throw carrier.fault("neither yes nor no") }
        return number == 1
    }
}

extension String: Carried {
    static func carried(_ value: String?, by carrier: inout PartialCarrier) throws(PartialError) -> String {
        String(decoding: try carrier.text(value.map { Array($0.utf8) } ?? []), as: UTF8.self)
    }
}

extension Optional: Carried where Wrapped: Carried {
    static func carried(_ value: Wrapped??, by carrier: inout PartialCarrier) throws(PartialError) -> Wrapped? {
        let wrapped = value ?? nil
        guard try Bool.carried(wrapped != nil, by: &carrier) else { return nil }
        return try Wrapped.carried(wrapped, by: &carrier)
    }
}

extension Array: Carried where Element: Carried {
    static func carried(_ value: [Element]?, by carrier: inout PartialCarrier) throws(PartialError) -> [Element] {
        let count = try carrier.count(value?.count ?? 0)
        guard carrier.isReading else {
            for element in value ?? [] { _ = try Element.carried(element, by: &carrier) }
            return value ?? []
        }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try Element.carried(nil, by: &carrier)) }
        return elements
    }
}

/// In the order of the keys.
extension Dictionary: Carried where Key: Carried & Comparable, Value: Carried {
    static func carried(_ value: [Key: Value]?, by carrier: inout PartialCarrier) throws(PartialError) -> [Key: Value] {
        let count = try carrier.count(value?.count ?? 0)
        guard carrier.isReading else {
            for (key, value) in (value ?? [:]).sorted(by: { $0.key < $1.key }) {
                _ = try Key.carried(key, by: &carrier)
                _ = try Value.carried(value, by: &carrier)
            }
            return value ?? [:]
        }
        var found: [Key: Value] = [:]
        for _ in 0..<count {
            let key = try Key.carried(nil, by: &carrier)
            guard found.updateValue(try Value.carried(nil, by: &carrier), forKey: key) == nil else {
                throw carrier.fault("a key comes twice")
            }
        }
        return found
    }
}

/// In order.
extension Set: Carried where Element: Carried & Comparable {
    static func carried(_ value: Set<Element>?, by carrier: inout PartialCarrier) throws(PartialError) -> Set<Element> {
        Set(try [Element].carried(value?.sorted(), by: &carrier))
    }
}

extension PartialCarrier {
    /// Carries one of the cases of an enumeration, by its name.
    mutating func callAsFunction<Value: RawRepresentable<String>>(_ value: inout Value) throws(PartialError) {
        let name = try String.carried(value.rawValue, by: &self)
        guard isReading else { return }
        guard let known = Value(rawValue: name) else { throw fault("an unknown word") }
        value = known
    }

    /// Carries a window's number, or another one from −1 on.
    mutating func callAsFunction(_ value: inout Int) throws(PartialError) {
        let found = try number(UInt64(value + 1))
        guard isReading else { return }
        guard let number = Int(exactly: found) else { throw fault("a number is too large") }
        value = number - 1
    }
}

/// Of modules, which records number in 16 bits.
extension UInt16: Carried {
    static func carried(_ value: UInt16?, by carrier: inout PartialCarrier) throws(PartialError) -> UInt16 {
        guard let number = UInt16(exactly: try carrier.number(UInt64(value ?? 0))) else {
            throw carrier.fault("a number is too large")
        }
        return number
    }
}
