import Foundation

/// Ends the program: it cannot measure.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("cpu-accuracy: \(message)\n".utf8))
    exit(2)
}
