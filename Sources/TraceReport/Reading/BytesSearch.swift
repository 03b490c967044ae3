#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension UnsafeRawBufferPointer {
    /// Returns where a byte stands first; nil: nowhere.
    func place(of byte: UInt8) -> Int? {
        guard let base = baseAddress else { return nil }
        return memchr(base, Int32(byte), count).map { base.distance(to: UnsafeRawPointer($0)) }
    }

    /// Returns where a text begins first, found by its last byte, which is rarer than its first; nil: nowhere.
    func place(of text: StaticString) -> Int? {
        let before = text.utf8CodeUnitCount - 1
        guard let base = baseAddress, count > before else { return nil }
        var start = before
        while let hit = UnsafeRawBufferPointer(rebasing: self[start...]).place(of: text.utf8Start[before]) {
            let begin = start + hit - before
            if memcmp(base + begin, text.utf8Start, before) == 0 { return begin }
            start += hit + 1
        }
        return nil
    }
}
