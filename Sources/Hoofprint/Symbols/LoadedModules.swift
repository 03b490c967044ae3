import CHoofprint
import TraceLog

/// The objects of code that are or were loaded, numbered as the log numbers them: those that samples were taken in, from 1,
/// an object that is loaded again under its number.
struct LoadedModules {
    /// An object of code in the log.
    struct Module {
        var record: ModuleRecord
        /// The file to read symbols from; nil: the kernel's code, which has none.
        var file: String?
    }

    private struct Identity: Hashable {
        var buildID: String
        var layout: UInt64
        var path: String
    }

    /// The C table, freed with the last copy of this.
    private final class Table {
        let modules = hp_make_modules()
        deinit { hp_free_modules(modules) }
    }

    private let table = Table()
    private var numbers: [Identity: UInt16] = [:]
    private var numbersByObject: [UInt32: UInt16] = [:]
    private var isStale = true

    /// What has a number, in its order.
    private(set) var modules: [Module] = []

    /// Numbers are given to so many objects; addresses in others are not known.
    private static let maximumModules = 65_535

    /// Makes the next question for an address ask the loader what is loaded, which takes its lock.
    mutating func becomeStale() { isStale = true }

    /// Returns where an address in memory is.
    ///
    /// - Parameter isReturnAddress: the object is the one that holds the byte before.
    mutating func location(of address: UInt64, isReturnAddress: Bool) -> CodeLocation {
        let place = isReturnAddress && address > 0 ? address - 1 : address
        guard let object = object(at: place) else { return CodeLocation(module: 0, address: address) ?? .unknown }
        guard let number = number(of: object.pointee) else { return .unknown }
        return CodeLocation(module: number, address: address &- object.pointee.bias) ?? .unknown
    }

    private mutating func object(at address: UInt64) -> UnsafePointer<hp_module>? {
        guard let modules = table.modules else { return nil }
        if isStale { hp_refresh_modules(modules) }
        isStale = false
        return hp_module_of(modules, address)
    }

    private mutating func number(of object: hp_module) -> UInt16? {
        if let known = numbersByObject[object.id] { return known }
        let path = object.path.map { String(cString: $0) } ?? ""
        let buildID = withUnsafeBytes(of: object.build_id) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let identity = Identity(buildID: buildID, layout: object.layout, path: path)
        guard let number = numbers[identity] ?? add(identity, object) else { return nil }
        // The C table gives an object another number each time it comes to another place.
        if numbersByObject.count >= Self.maximumModules { numbersByObject = [:] }
        numbersByObject[object.id] = number
        return number
    }

    private mutating func add(_ identity: Identity, _ object: hp_module) -> UInt16? {
        guard modules.count < Self.maximumModules else { return nil }
        let number = UInt16(modules.count + 1)
        numbers[identity] = number
        let record = ModuleRecord(
            id: UInt64(number), buildID: identity.buildID, layout: identity.layout, path: identity.path,
            bias: object.bias)
        let path = identity.path.isEmpty ? nil : identity.path
        modules.append(Module(record: record, file: object.is_program ? "/proc/self/exe" : path))
        return number
    }
}
