import Crypto
import Hoofprint
import Redness
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// A picture on its way into the store, or to be measured only, and the hash of what came of it so far.
///
/// A small one stays in memory while there is room; a longer one, and one that is to be kept, is a temporary file.
/// ``discard()`` or the end of this object removes it.
final class IncomingPicture: Sendable {
    private struct State {
        /// -1 while there is no file.
        var descriptor: Int32 = -1
        /// What came, until there is a file.
        var content: [UInt8] = []
        /// How much of the memory for all is taken.
        var taken = 0
        var hash: SHA256?
        var bytes = 0
    }

    private let path: String
    private let memory: ReceivingMemory
    private let state: Mutex<State>

    /// Begins a picture.
    ///
    /// - Parameters:
    ///   - folder: Where its file is, if it gets one.
    ///   - memory: What small pictures share.
    ///   - isHashed: Whether ``hash`` is wanted.
    init(in folder: String, memory: ReceivingMemory, isHashed: Bool = true) {
        path = "\(folder)/\(String(UInt64.random(in: .min ... .max), radix: 16))"
        self.memory = memory
        state = Mutex(State(hash: isHashed ? SHA256() : nil))
    }

    deinit { discard() }

    /// The number of bytes that came so far.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Whether nothing of it is, or was, on the disk.
    var isInMemory: Bool { state.withLock { $0.descriptor < 0 } }

    /// Hashes bytes and keeps them in memory; false, and nothing is done, if there is no room.
    func appendInMemory(_ chunk: [UInt8]) -> Bool {
        state.withLock { state in
            let count = state.bytes + chunk.count
            guard state.descriptor < 0, count <= ReceivingMemory.maximumPictureBytes, memory.take(chunk.count) else {
                return false
            }
            state.taken += chunk.count
            Self.hash(chunk, &state)
            if state.content.isEmpty { state.content = chunk } else { state.content += chunk }
            return true
        }
    }

    /// Hashes bytes and writes them to the file. Blocks.
    func append(_ chunk: [UInt8]) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            try makeFile(&state)
            Self.hash(chunk, &state)
            try write(chunk, state)
        }
    }

    private static func hash(_ chunk: [UInt8], _ state: inout State) {
        state.bytes += chunk.count
        guard state.hash != nil else { return }
        span("image.hash") { chunk.withUnsafeBytes { state.hash?.update(bufferPointer: $0) } }
    }

    /// The path of its file, made if there is none yet. Blocks.
    func file() throws(StoreError) -> String {
        try state.withLock { state throws(StoreError) in try makeFile(&state) }
        return path
    }

    /// Makes the bytes, in its file, outlast a loss of power. Blocks.
    func synchronize() throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            try makeFile(&state)
            guard fsync(state.descriptor) == 0 else {
                throw StoreError(action: "synchronize", path: path, code: errno)
            }
        }
    }

    private func makeFile(_ state: inout State) throws(StoreError) {
        guard state.descriptor < 0 else { return }
        state.descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard state.descriptor >= 0 else { throw StoreError(action: "create", path: path, code: errno) }
        try write(state.content, state)
        forget(&state)
    }

    private func write(_ bytes: [UInt8], _ state: State) throws(StoreError) {
        guard !bytes.isEmpty else { return }
        let code = span("image.write") { bytes.withUnsafeBytes { Self.write($0, to: state.descriptor) } }
        if code != 0 { throw StoreError(action: "write", path: path, code: code) }
    }

    /// Gives the memory back.
    private func forget(_ state: inout State) {
        memory.giveBack(state.taken)
        state.taken = 0
        state.content = []
    }

    /// The SHA-256 of what came, 32 bytes; nil if the picture is not hashed.
    var hash: [UInt8]? { state.withLock { state in state.hash.map { Array($0.finalize()) } } }

    /// Measures what came. Blocks; CPU-bound.
    func measure(
        with measurer: PictureMeasurer, scale: PictureScale
    ) throws(PictureError) -> PictureMeasurement {
        try state.withLock { state throws(PictureError) in
            if state.descriptor >= 0 { return try measurer.measure(descriptor: state.descriptor, scale: scale) }
            // Typed errors do not pass through the standard library's closures.
            let result: Result<PictureMeasurement, PictureError> = state.content.withUnsafeBytes { bytes in
                Result { () throws(PictureError) in try measurer.measure(bytes, scale: scale) }
            }
            return try result.get()
        }
    }

    /// Closes the file and removes its temporary name, and gives the memory back. Further calls do nothing.
    func discard() {
        state.withLock { state in
            forget(&state)
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
