import Foundation

/// Ends the program: it cannot measure.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("log-volume: \(message)\n".utf8))
    exit(2)
}
