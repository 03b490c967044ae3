/// How many elements two sequences have in common at their starts and ends.
enum CommonEnds {
    /// Number of equal elements from both starts on, at most `limit`.
    static func prefix<Element: FixedWidthInteger>(
        _ first: UnsafePointer<Element>, _ second: UnsafePointer<Element>, limit: Int
    ) -> Int {
        var count = 0
        while count &+ 4 <= limit {
            let (a, b) = (first + count, second + count)
            if (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) != 0 { break }
            count &+= 4
        }
        while count < limit, first[count] == second[count] { count &+= 1 }
        return count
    }

    /// Number of equal elements before both ends, at most `limit`.
    static func suffix<Element: FixedWidthInteger>(
        _ firstEnd: UnsafePointer<Element>, _ secondEnd: UnsafePointer<Element>, limit: Int
    ) -> Int {
        var count = 0
        while count &+ 4 <= limit {
            let (a, b) = (firstEnd - count - 4, secondEnd - count - 4)
            if (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) != 0 { break }
            count &+= 4
        }
        while count < limit, firstEnd[-count &- 1] == secondEnd[-count &- 1] { count &+= 1 }
        return count
    }
}
