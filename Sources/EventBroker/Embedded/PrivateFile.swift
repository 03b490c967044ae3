#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Files that are for their user alone: of clients' pictures, their records, and the secrets that webhooks are signed with.
package enum PrivateFile {
    /// Makes an empty file with mode 0600 where there is none, before SQLite opens it, which would make one that everyone may
    /// read. SQLite gives the files beside it the same mode (`findCreateFileMode` in its os_unix.c).
    ///
    /// By mknod(2), which opens nothing: to close a descriptor of a file takes all of the process's locks on it away (fcntl(2)).
    /// Where it fails, SQLite fails too, and says why; a file that is there keeps its mode.
    package static func make(_ path: String) {
        mknod(path, S_IFREG | 0o600, 0)
    }
}
