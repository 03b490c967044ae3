import Crypto
import Hoofprint
import Redness
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A picture on its way into the store, or to be measured only: a temporary file, and the hash of what was written to it
/// so far. ``discard()`` or the end of this object removes the file.
final class IncomingPicture: Sendable {
    private struct State {
        var descriptor: Int32
        var hash: SHA256?
        var bytes = 0
    }

    /// Where the bytes are until they are kept.
    let path: String
    private let state: Mutex<State>

    /// Creates the file. Blocks.
    ///
    /// - Parameters:
    ///   - folder: Where.
    ///   - isHashed: Whether ``hash`` is wanted.
    init(in folder: String, isHashed: Bool = true) throws(StoreError) {
        while true {
            let candidate = "\(folder)/\(String(UInt64.random(in: .min ... .max), radix: 16))"
            let descriptor = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor < 0, errno == EEXIST { continue }
            guard descriptor >= 0 else { throw StoreError(action: "create", path: candidate, code: errno) }
            path = candidate
            state = Mutex(State(descriptor: descriptor, hash: isHashed ? SHA256() : nil))
            return
        }
    }

    deinit { discard() }

    /// The number of bytes written so far.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Hashes bytes and writes them. Blocks.
    func append(_ chunk: [UInt8]) throws(StoreError) {
        let code = state.withLock { state -> Int32 in
            chunk.withUnsafeBytes { bytes in
                if state.hash != nil { span("image.hash") { state.hash?.update(bufferPointer: bytes) } }
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

    /// The SHA-256 of what was written, 32 bytes; nil if the picture is not hashed.
    var hash: [UInt8]? { state.withLock { state in state.hash.map { Array($0.finalize()) } } }

    /// Measures what was written. Blocks; CPU-bound.
    func measure(
        with measurer: PictureMeasurer, scale: PictureScale
    ) throws(PictureError) -> PictureMeasurement {
        try state.withLock { state throws(PictureError) in
            try measurer.measure(descriptor: state.descriptor, scale: scale)
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
