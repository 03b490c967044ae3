import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Whether two JSON texts have equal values.
///
/// What is after the first difference is not looked at where that difference says enough: then the texts may be no JSON. Where
/// the values are equal, both were checked. Memory beside the texts is for the depth of containers, the keys of the largest object
/// and, where the value is an array of elements of some 50 bytes or more, 12 bytes for each of them. Time is linear.
///
/// - Parameters:
///   - old: One text, in UTF-8.
///   - new: The other.
///   - options: What makes values equal, and what texts are taken.
///   - threads: 2 reads on two threads.
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``.
public func isEqual(
    unowned old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, options: JSONOptions = JSONOptions(),
    threads: Int = 2
) throws -> Bool {
    try isEqual(JSONText(unowned: old), JSONText(unowned: new), options, threads: threads)
}

/// Whether two JSON texts have equal values; see ``isEqual(unowned:_:options:threads:)``.
///
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``.
public func isEqual(
    _ old: [UInt8], _ new: [UInt8], options: JSONOptions = JSONOptions(), threads: Int = 2
) throws -> Bool {
    try old.withUnsafeBytes { old in
        try new.withUnsafeBytes { try isEqual(unowned: old, $0, options: options, threads: threads) }
    }
}

/// Whether two files have equal values; `-` is standard input, for one of them. See ``isEqual(unowned:_:options:threads:)``.
///
/// - Throws: ``JSONTextsError``, ``JSONOptionsError``, ``JSONFileError``.
public func isEqual(
    contentsOf old: String, _ new: String, options: JSONOptions = JSONOptions(), threads: Int = 2
) throws -> Bool {
    let (oldText, newText) = try makeBoth(threads: threads) { try JSONText(contentsOf: $0 ? old : new) }
    return try isEqual(oldText, newText, options, threads: threads)
}

private func isEqual(_ old: JSONText, _ new: JSONText, _ options: JSONOptions, threads: Int) throws -> Bool {
    let isSame = old.count == new.count && memcmp(old.start, new.start, old.count) == 0
    if !isSame, TokenComparison.isPossible(options) {
        let outcome = span("json.equal") {
            var tokens = TokenComparison(old.bytes(0..<old.count), new.bytes(0..<new.count), options)
            return tokens.run()
        }
        if outcome == .different { return false }
    }
    // What is within a tolerance has other hashes.
    let keepsContainers = options.tolerance > 0
    let (first, second) = try JSONDocument.both(
        old, isSame ? old : new, options, threads: threads, keepsContainers: keepsContainers)
    guard keepsContainers, first.hash != second.hash else { return first.hash == second.hash }
    return try JSONDifference.between(first, second, maximum: 1).isEmpty
}
