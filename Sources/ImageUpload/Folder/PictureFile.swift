import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// An open file that is to be sent: what it was when it was opened, and its content.
///
/// Each call but ``region(at:count:)`` blocks on the file system. Safe on any thread; the file is closed with the last
/// reference.
final class PictureFile: Sendable {
    /// A file cannot be sent as it is.
    enum Failure: Error, Equatable, CustomStringConvertible {
        case system(SystemFailure)
        case sizeChanged(from: Int, to: Int)
        case contentChanged

        var description: String {
            switch self {
            case .system(let failure): "cannot read it: \(failure)"
            case .sizeChanged(let from, let to):
                "its size changed from \(from) to \(to) bytes while it was read; send it again when it is complete"
            case .contentChanged: "it was changed while it was read; send it again when it is complete"
            }
        }
    }

    let stamp: FileStamp
    private let handle: NIOFileHandle
    private let descriptor: CInt

    var size: Int { stamp.size }

    /// Takes the descriptor over, and closes it.
    private init(descriptor: CInt, stamp: FileStamp) {
        self.descriptor = descriptor
        self.stamp = stamp
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
    }

    deinit {
        // Only a handle that is closed already, or in use, throws: it is neither, for this is its one owner's end.
        guard let descriptor = try? handle.takeDescriptorOwnership() else { return }
        close(descriptor)
    }

    /// Opens a regular file without waiting on a FIFO; nil: it is none.
    ///
    /// - Parameter following: Whether a symbolic link is followed; else one that took the file's place since it was
    ///   listed is an error.
    static func open(_ path: FilePath, following: Bool) throws(Failure) -> PictureFile? {
        #if canImport(Glibc)
        let systemOpen = Glibc.open as (UnsafePointer<CChar>, CInt) -> CInt
        #else
        let systemOpen = Musl.open as (UnsafePointer<CChar>, CInt) -> CInt
        #endif
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | (following ? 0 : O_NOFOLLOW)
        let descriptor = path.withSystemPath { systemOpen($0, flags) }
        guard descriptor >= 0 else { throw .system(.last) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = SystemFailure.last
            close(descriptor)
            throw .system(failure)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        return PictureFile(descriptor: descriptor, stamp: FileStamp(status))
    }

    /// Reads `space.count` bytes from `offset` on.
    ///
    /// - Throws: ``Failure``: the file cannot be read, or ends before.
    func read(_ space: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) {
        var done = 0
        while done < space.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: space[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw .sizeChanged(from: size, to: offset + done)
            } else if errno != EINTR {
                throw .system(.last)
            }
        }
    }

    /// Appends `count` bytes from `offset` on to `buffer`.
    func read(count: Int, at offset: Int, into buffer: inout ByteBuffer) throws(Failure) {
        guard count > 0 else { return }
        var failure: Failure?
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            do throws(Failure) {
                try read(UnsafeMutableRawBufferPointer(rebasing: space[..<count]), at: offset)
                return count
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
    }

    /// A part of the file for sendfile(2).
    func region(at offset: Int, count: Int) -> FileRegion {
        FileRegion(fileHandle: handle, readerIndex: offset, endIndex: offset + count)
    }

    /// Tells the system that the file is read from its beginning to its end.
    func adviseSequential() { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// Checks that the file is what it was when it was opened.
    func checkUnchanged() throws(Failure) {
        let now: FileStamp
        do throws(SystemFailure) { now = try FileStamp(descriptor: descriptor) } catch { throw .system(error) }
        guard now.size == size else { throw .sizeChanged(from: size, to: now.size) }
        guard now == stamp else { throw .contentChanged }
    }
}
