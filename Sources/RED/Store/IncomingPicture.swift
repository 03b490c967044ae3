import Crypto
import Hoofprint
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A picture on its way into the store: a temporary file, and the hash of what was written to it so far.
///
/// The file is locked (flock(2)) as long as this object lives, so that another process that clears up the store can
/// tell it from one that a crash left behind. Unless ``PictureStore/keep(_:as:)`` gave it a name, ``discard()`` or the
/// end of this object removes it.
final class IncomingPicture: Sendable {
    private struct State {
        var descriptor: Int32
        var hash = SHA256()
        var bytes = 0
    }

    /// Where the bytes are until they are kept.
    let path: String
    private let state: Mutex<State>

    /// Creates the file. Blocks.
    init(in folder: String) throws(StoreError) {
        while true {
            let candidate = "\(folder)/\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
            let descriptor = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw StoreError(action: "create", path: candidate, code: errno)
            }
            // Between open and flock another process may have taken the file for a stale one and removed it.
            var facts = stat()
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &facts) == 0, facts.st_nlink == 1 {
                path = candidate
                state = Mutex(State(descriptor: descriptor))
                return
            }
            close(descriptor)
        }
    }

    deinit { discard() }

    /// The number of bytes written so far.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Hashes bytes and writes them. Blocks.
    func append(_ chunk: [UInt8]) throws(StoreError) {
        let code = state.withLock { state -> Int32 in
            chunk.withUnsafeBytes { bytes in
                span("image.hash") { state.hash.update(bufferPointer: bytes) }
                state.bytes += bytes.count
                return span("image.write") { Self.write(bytes, to: state.descriptor) }
            }
        }
        if code != 0 { throw StoreError(action: "write", path: path, code: code) }
    }

    /// Makes the bytes outlast a loss of power. Blocks.
    func synchronize() throws(StoreError) {
        let code = state.withLock { fsync($0.descriptor) == 0 ? 0 : errno }
        if code != 0 { throw StoreError(action: "synchronize", path: path, code: code) }
    }

    /// The SHA-256 of what was written, as 64 lower-case hexadecimal digits.
    var hash: String {
        state.withLock { state in
            state.hash.finalize().reduce(into: "") { text, byte in
                text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }

    /// Closes the file and removes its temporary name. Further calls do nothing.
    func discard() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            unlink(path)
            close(state.descriptor)
            state.descriptor = -1
        }
    }

    /// Writes all of `bytes`; gives 0 or the error number.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = systemWrite(descriptor, piece.baseAddress, piece.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

/// write(2), whose name a method hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
