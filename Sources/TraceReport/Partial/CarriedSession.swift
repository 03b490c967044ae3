// What a session keeps by path and by a text.

extension SessionModel.Numbered: Carried where Value: Carried {
    static func carried(_ value: Self?, by carrier: inout PartialCarrier) throws(PartialError) -> Self {
        let sequence = try carrier.number(value?.sequence ?? 0)
        return Self(sequence: sequence, value: try Value.carried(value?.value, by: &carrier))
    }
}

extension SessionModel.ErrorKey: CarriedByMembers, Comparable {
    static let blank = SessionModel.ErrorKey(path: 0, type: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&type)
    }

    static func < (left: Self, right: Self) -> Bool { (left.path, left.type) < (right.path, right.type) }
}

extension SessionModel.ErrorCount: CarriedByMembers {
    static let blank = SessionModel.ErrorCount()

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&stated)
        try carrier(&spans)
    }
}

extension SessionModel.WaitKey: CarriedByMembers, Comparable {
    static let blank = SessionModel.WaitKey(path: 0, what: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&what)
    }

    static func < (left: Self, right: Self) -> Bool { (left.path, left.what) < (right.path, right.what) }
}
