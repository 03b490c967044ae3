#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import NIOCore

/// An open file that is to be sent: its size and media type, and its content in chunks.
///
/// Each call blocks on the file system. Safe on any thread; the file is closed with the last reference.
final class PictureFile: Sendable {
    /// What opening a file found.
    enum Opening: Sendable {
        case picture(PictureFile)
        case skipped(SkipReason)
    }

    /// A file cannot be sent as it is.
    enum Failure: Error, Equatable, CustomStringConvertible {
        case system(SystemFailure)
        case sizeChanged(from: Int, to: Int)

        var description: String {
            switch self {
            case .system(let failure): "cannot read it: \(failure)"
            case .sizeChanged(let from, let to):
                "its size changed from \(from) to \(to) bytes while it was read; send it again when it is complete"
            }
        }
    }

    /// The most that is read, and held, at a time.
    static let chunkBytes = 64 * 1024

    let size: Int
    let kind: PictureKind?
    /// The chunk at the beginning, which told the kind.
    let start: ByteBuffer
    private let descriptor: CInt

    var mediaType: String { kind?.rawValue ?? PictureKind.unknownMediaType }

    private init(descriptor: CInt, size: Int, kind: PictureKind?, start: ByteBuffer) {
        self.descriptor = descriptor
        self.size = size
        self.kind = kind
        self.start = start
    }

    deinit { close(descriptor) }

    /// Opens a file that is a picture by content or by name, without waiting on a FIFO or following a symbolic link
    /// that took the file's place since it was listed.
    static func open(_ path: FilePath) throws(Failure) -> Opening {
        #if canImport(Glibc)
        let systemOpen = Glibc.open as (UnsafePointer<CChar>, CInt) -> CInt
        #else
        let systemOpen = Musl.open as (UnsafePointer<CChar>, CInt) -> CInt
        #endif
        let descriptor = path.withSystemPath { systemOpen($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else {
            if errno == ELOOP { return .skipped(.symbolicLink) }
            throw .system(.last)
        }
        do throws(Failure) {
            return try inspect(descriptor, name: path.name)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Says what the file is; keeps the descriptor in a picture, else closes it. On an error it stays open.
    private static func inspect(_ descriptor: CInt, name: ArraySlice<UInt8>) throws(Failure) -> Opening {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.last) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return .skipped(.notRegularFile)
        }
        let size = Int(status.st_size)
        let start = try read(descriptor, at: 0, size: size)
        let kind = PictureKind(content: start.readableBytesView)
        guard kind != nil || PictureKind.isNamedAsPicture(name) else {
            close(descriptor)
            return .skipped(.notPicture)
        }
        return .picture(PictureFile(descriptor: descriptor, size: size, kind: kind, start: start))
    }

    /// The chunk at `offset`.
    ///
    /// - Throws: ``Failure``: the file cannot be read, or it has not the size any more that was announced.
    func chunk(at offset: Int) throws(Failure) -> ByteBuffer {
        try Self.read(descriptor, at: offset, size: size)
    }

    /// Reads a whole chunk; with the last one, checks that the file has not grown meanwhile.
    private static func read(_ descriptor: CInt, at offset: Int, size: Int) throws(Failure) -> ByteBuffer {
        let wanted = min(chunkBytes, size - offset)
        var chunk = ByteBuffer()
        chunk.reserveCapacity(wanted)
        while chunk.readableBytes < wanted {
            let missing = wanted - chunk.readableBytes
            let position = offset + chunk.readableBytes
            var failure: SystemFailure?
            let count = chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { space in
                let count = pread(descriptor, space.baseAddress, missing, off_t(position))
                if count < 0 { failure = .last }
                return max(0, count)
            }
            if let failure {
                guard failure.code == EINTR else { throw .system(failure) }
            } else if count == 0 {
                throw .sizeChanged(from: size, to: position)
            }
        }
        guard offset + wanted == size else { return chunk }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(.last) }
        guard Int(status.st_size) == size else { throw .sizeChanged(from: size, to: Int(status.st_size)) }
        return chunk
    }
}
