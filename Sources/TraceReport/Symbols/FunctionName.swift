import CDemangle

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The name of a function as people write it, made of a linker's name.
public enum FunctionName {
    /// Longer linker's names are shown as they are, cut.
    public static let maximumLinkerBytes = 512

    /// Longer names are cut and end in `…`.
    public static let maximumCharacters = 400

    /// Returns the name for people: Swift and C++ names demangled, what the compiler made of a function called like it.
    ///
    /// Names may be hostile, see `Growth`. Cost: some 6 µs for names out of real programs.
    public static func shown(_ linkerName: String) -> String {
        var bytes = 0
        return shown(linkerName, demangledBytes: &bytes)
    }

    /// The same; adds up how much text demangling made before it was cut.
    static func shown(_ linkerName: String, demangledBytes: inout Int) -> String {
        guard linkerName.utf8.count <= maximumLinkerBytes, let text = demangled(linkerName) else {
            return cut(linkerName)
        }
        demangledBytes += text.count
        // What is cut away later is not looked at.
        return cut(SwiftNameText.simplified(String(decoding: text.prefix(16 * maximumCharacters), as: UTF8.self)))
    }

    private static func demangled(_ name: String) -> [UInt8]? {
        if ["$s", "$S", "$e", "_$s", "_$S", "_$e"].contains(where: name.hasPrefix) {
            let plain = SwiftNameText.withoutDiscriminators(name)
            guard Growth.ofSwift(plain) <= Growth.maximum else { return nil }
            return taken(plain.withCString { swift_demangle($0, plain.utf8.count, nil, nil, 0) })
        }
        if name.hasPrefix("_Z") {
            guard Growth.ofCxx(name) <= Growth.maximum else { return nil }
            return taken(name.withCString { demangleCxx?($0, nil, nil, nil) })
        }
        return nil
    }

    /// Of the C++ runtime (Itanium C++ ABI, section 3.4), which Swift's runtime brings along; not there in a program that is
    /// linked statically without it.
    private static let demangleCxx: CxxDemangler? = dlsym(nil, "__cxa_demangle").map {
        unsafeBitCast($0, to: CxxDemangler.self)
    }

    private typealias CxxDemangler =
        @convention(c) @Sendable (
            UnsafePointer<CChar>?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?,
            UnsafeMutablePointer<Int32>?
        ) -> UnsafeMutablePointer<CChar>?

    private static func taken(_ text: UnsafeMutablePointer<CChar>?) -> [UInt8]? {
        guard let text else { return nil }
        defer { free(text) }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    private static func cut(_ text: String) -> String {
        guard text.count > maximumCharacters else { return text }
        return text.prefix(maximumCharacters - 1) + "…"
    }
}

/// How many times longer than itself a mangled name can become.
///
/// A mangled name refers back to its own parts, so text can double every few bytes: 512 bytes can stand for 2⁸⁰. With n
/// references spread over g parts that may hold them, it is at most (1 + n/g)ᵍ times as long. References are counted
/// wherever a byte could begin one, so that is never too low.
enum Growth {
    /// Names that can grow beyond are not demangled: 64 MiB of text. Of 121,000 names of real programs that is 1 in 700.
    static let maximum = 17.0

    /// The binary logarithm of the growth of a Swift name (docs/ABI/Mangling.rst of Swift: substitutions, bound generics).
    static func ofSwift(_ name: String) -> Double {
        var references = 0
        var isInReferences = false
        var repeats = 0
        var generics = 0
        for byte in name.utf8 {
            if byte == UInt8(ascii: "G") { generics += 1 }
            defer { if byte == UInt8(ascii: "A") { (isInReferences, repeats) = (true, 0) } }
            guard isInReferences else { continue }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                repeats = min(1 << 20, repeats * 10 + Int(byte - UInt8(ascii: "0")))
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                references += counted(repeats)
                repeats = 0
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                references += counted(repeats)
                isInReferences = false
            default:
                references += 1
                isInReferences = false
            }
        }
        return bits(references: references, parts: generics)
    }

    /// Swift refuses more repeats than 2,048.
    private static func counted(_ repeats: Int) -> Int { repeats > 2048 ? 0 : max(1, repeats) }

    /// The same of a C++ name (Itanium C++ ABI, sections 5.1.10 and 5.1.5: substitutions, template parameters). Any part may
    /// hold references: three of them in each make it longest.
    static func ofCxx(_ name: String) -> Double {
        var references = 0
        var previous: UInt8 = 0
        for byte in name.utf8 {
            let isStart = previous == UInt8(ascii: "S") || previous == UInt8(ascii: "T")
            let isIndex =
                byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if isStart, isIndex { references += 1 }
            previous = byte
        }
        return Double(references) / 3 * log2(3)
    }

    private static func bits(references: Int, parts: Int) -> Double {
        parts == 0 ? 0 : Double(parts) * log2(1 + Double(references) / Double(parts))
    }
}

/// Names already made, and how much text that took.
struct NameCache: Sendable {
    private var names: [String: String] = [:]
    private var demangledBytes = 0

    private static let maximumNames = 100_000
    /// A log whose names make more text is hostile: its further names stay as they are.
    private static let maximumDemangledBytes = 256 << 20

    mutating func shown(_ linkerName: String) -> String {
        if let known = names[linkerName] { return known }
        guard demangledBytes < Self.maximumDemangledBytes else {
            return String(linkerName.prefix(FunctionName.maximumCharacters))
        }
        let shown = FunctionName.shown(linkerName, demangledBytes: &demangledBytes)
        if names.count < Self.maximumNames { names[linkerName] = shown }
        return shown
    }
}
