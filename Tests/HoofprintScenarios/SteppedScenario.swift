import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// For each number that comes on standard input: as many requests, a flush, and `done` on standard output.
func steppedRequests() {
    while let line = readLine(), let count = Int(line) {
        for _ in 0..<count { nested() }
        HoofprintSystem.flush()
        print("done")
        fflush(nil)
    }
}
