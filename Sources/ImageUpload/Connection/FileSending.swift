import NIOCore

/// How far the content of a file is on its way.
struct FileSending {
    /// What is handed to the system, or read, at a time.
    static let pieceBytes = 256 << 10
    /// Of an encrypted connection, where pieces are read into memory.
    static let readBytes = 128 << 10
    /// So many pieces are under way, so that the socket has something while the next one is made.
    static let piecesUnderWay = 2

    let upload: PreparedUpload
    let file: PictureFile
    let tail: ByteBuffer
    var offset = 0
    var piecesUnderWay = 0
    /// Whether a piece is being read: the next is not before it is written, for reads may end in any order.
    var isReading = false
    /// Whether the rate limit holds the next piece back.
    var isHeld = false

    /// Whether another piece can be begun.
    var wantsPiece: Bool {
        offset < file.size && piecesUnderWay < Self.piecesUnderWay && !isHeld && !isReading
    }

    var isComplete: Bool { offset == file.size && piecesUnderWay == 0 }
}
