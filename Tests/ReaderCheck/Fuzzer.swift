#if LIBFUZZER
import Foundation

/// Checks logs that libFuzzer makes, which is there where this is built with `-sanitize=fuzzer` and `LIBFUZZER`.
enum Fuzzer {
    /// Runs until libFuzzer ends the process. Its arguments are options and folders; logs that reach new code go into the first
    /// folder, one that something is wrong with is told of.
    static func run(_ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32, _ arguments: [String]) -> Int32 {
        var pointers = (["reader-check"] + arguments).map { strdup($0) } + [nil]
        var count = Int32(pointers.count - 1)
        return pointers.withUnsafeMutableBufferPointer { buffer in
            var list = buffer.baseAddress
            return runDriver(&count, &list, check)
        }
    }

    /// Reads the log in several ways.
    static let reading: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { bytes, count in
        end(with: log(bytes, count).readingMistake)
    }

    /// Renders its report, too.
    static let rendering: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { bytes, count in
        end(with: log(bytes, count).mistake)
    }

    /// Takes the bytes for a file, packed or not.
    static let packed: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { bytes, count in
        end(with: log(bytes, count).packedMistake)
    }

    private static func log(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> FuzzedLog {
        FuzzedLog(Array(UnsafeBufferPointer(start: bytes, count: count)))
    }

    private static func end(with mistake: String?) -> Int32 {
        if let mistake { fatalError(mistake) }
        return 0
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

@_silgen_name("LLVMFuzzerMutate")
private func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int) -> Int

/// libFuzzer calls this, if it is there, to change a log: by its own means, or by ours, which know what a line and a field are.
/// Most logs get right checksums after it, so that changes get past them.
@_cdecl("LLVMFuzzerCustomMutator")
func mutateLog(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    if isPacked(UnsafeBufferPointer(start: data, count: count)) { return mutate(data, count, maximum) }
    var log: [UInt8]
    if seed % 4 == 0 {
        var mutator = LogMutator(seed: UInt64(seed))
        log = Array(UnsafeBufferPointer(start: data, count: count))
        mutator.change(&log)
        log = Array(log.prefix(maximum))
    } else {
        log = Array(UnsafeBufferPointer(start: data, count: mutate(data, count, maximum)))
    }
    // A checksum takes as many bytes as the one before it.
    if seed / 4 % 8 != 0 { log = LogMutator.sealed(log) }
    data.update(from: log, count: log.count)
    return log.count
}

private func isPacked(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.starts(with: [0x1f, 0x8b]) || bytes.starts(with: [0x28, 0xb5, 0x2f])
        || bytes.dropFirst().starts(with: [0x2a, 0x4d])
}
#endif
