#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The clock of days and dates, which may be set.
enum SystemClock {
    /// Since 1970.
    static var secondsSince1970: Int { time(nil) }
}
