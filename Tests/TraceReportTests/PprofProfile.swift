import TestSupport

/// A profile of pprof, unpacked and decoded: https://github.com/google/pprof/blob/main/proto/profile.proto.
struct PprofProfile {
    struct Malformed: Error {
        var what: String
    }

    /// Returns what gzip finds in its file.
    static func unpacked(_ packed: [UInt8]) throws -> [UInt8] {
        let run = try ProgramRun.run("gzip", ["-dc"], input: packed)
        guard run.status == 0 else { throw Malformed(what: run.error) }
        return run.standardOutput
    }

    private(set) var sampleTypes: [String] = []
    private(set) var sampleUnits: [String] = []
    private(set) var defaultType = ""
    /// The file of the first mapping, which is the program.
    private(set) var program = ""
    /// Values by frames' names, outermost first.
    private(set) var stacks: [[String]: [UInt64]] = [:]
    private(set) var fileOfFunction: [String: String] = [:]
    private(set) var moduleOfFunction: [String: String] = [:]

    init(_ packed: [UInt8]) throws {
        let profile = try Message(try Self.unpacked(packed))
        let strings = profile.messages(6).map { String(decoding: $0, as: UTF8.self) }
        guard strings.first == "" else { throw Malformed(what: "the first string is not empty") }
        func string(_ index: UInt64) throws -> String {
            guard index < strings.count else { throw Malformed(what: "string \(index)") }
            return strings[Int(index)]
        }
        sampleTypes = try profile.messages(1).map { try string(Message($0).number(1)) }
        sampleUnits = try profile.messages(1).map { try string(Message($0).number(2)) }
        defaultType = try string(profile.number(14))
        var modules: [UInt64: String] = [0: ""]
        for mapping in try profile.messages(3).map(Message.init) {
            modules[mapping.number(1)] = try string(mapping.number(5))
            if modules.count == 2 { program = try string(mapping.number(5)) }
        }
        var functions: [UInt64: String] = [:]
        for function in try profile.messages(5).map(Message.init) {
            let name = try string(function.number(2))
            functions[function.number(1)] = name
            fileOfFunction[name] = try string(function.number(4))
        }
        var locations: [UInt64: String] = [:]
        for location in try profile.messages(4).map(Message.init) {
            guard let line = try location.messages(4).map(Message.init).first,
                let name = functions[line.number(1)], let module = modules[location.number(2)]
            else { throw Malformed(what: "location \(location.number(1))") }
            guard locations.updateValue(name, forKey: location.number(1)) == nil, location.number(1) > 0 else {
                throw Malformed(what: "location \(location.number(1)) twice")
            }
            moduleOfFunction[name] = module
        }
        for sample in try profile.messages(2).map(Message.init) {
            let ids = try Message.packed(sample.messages(1).first ?? [])
            let values = try Message.packed(sample.messages(2).first ?? [])
            guard values.count == sampleTypes.count else { throw Malformed(what: "\(values.count) values") }
            let names = try ids.map { id in
                guard let name = locations[id] else { throw Malformed(what: "no location \(id)") }
                return name
            }
            let sum = stacks[names.reversed()] ?? values.map { _ in 0 }
            stacks[names.reversed()] = zip(sum, values).map { $0 &+ $1 }
        }
    }

    /// A protocol buffer's fields.
    private struct Message {
        private var numbers: [UInt64: UInt64] = [:]
        private var contents: [UInt64: [[UInt8]]] = [:]

        init(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let tag = try Self.varint(&rest)
                switch tag & 7 {
                case 0: numbers[tag >> 3] = try Self.varint(&rest)
                case 2:
                    let length = try Self.varint(&rest)
                    guard length <= rest.count else { throw Malformed(what: "length \(length)") }
                    contents[tag >> 3, default: []].append(Array(rest.prefix(Int(length))))
                    rest = rest.dropFirst(Int(length))
                default: throw Malformed(what: "wire type \(tag & 7)")
                }
            }
        }

        func number(_ field: UInt64) -> UInt64 { numbers[field] ?? 0 }
        func messages(_ field: UInt64) -> [[UInt8]] { contents[field] ?? [] }

        static func packed(_ bytes: [UInt8]) throws -> [UInt64] {
            var rest = bytes[...]
            var values: [UInt64] = []
            while !rest.isEmpty { values.append(try varint(&rest)) }
            return values
        }

        private static func varint(_ bytes: inout ArraySlice<UInt8>) throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                guard let byte = bytes.popFirst() else { throw Malformed(what: "a number that does not end") }
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            throw Malformed(what: "a number of more than ten bytes")
        }
    }
}
