import TraceLog

/// Samples of stacks, as a program's sampler writes them.
extension WrittenLog {
    mutating func writeSample(
        _ path: UInt64, _ what: String, _ count: UInt64, frames: [UInt64] = [], callers: [UInt64] = [],
        isCut: Bool = false
    ) {
        let stack = SampleRecord.Stack(frames: frames, callers: callers, isCut: isCut)
        let isTaken = !frames.isEmpty || !callers.isEmpty || isCut
        write(.sample(SampleRecord(sampler: "stacks", path: path, what: what, count: count, stack: isTaken ? stack : nil)))
    }
}

extension WrittenLog {
    /// The picture service with a sampler of stacks: a decoder that inflates, a store that waits for a lock under an async
    /// request, a thread outside of spans.
    static func sampledPictureService() -> WrittenLog {
        var log = WrittenLog.pictureService()
        let decode: [UInt64] = [Code.decode, Code.main]
        for flush in 1...3 as ClosedRange<UInt64> {
            log.writeSample(2, "running", 166 * flush, frames: [Code.inflateFast, Code.inflate] + decode)
            log.writeSample(2, "running", 54 * flush, frames: [Code.idct, Code.readLines] + decode)
            log.writeSample(2, "running", 30 * flush, frames: [Code.crc, Code.inflate] + decode)
            log.writeSample(3, "running", 75 * flush, frames: [Code.countRed] + decode)
        }
        let store: [UInt64] = [Code.futex, Code.insert, Code.store]
        log.writeSample(4, "lock", 130, frames: store, callers: [Code.handle, Code.serve])
        log.writeSample(4, "disk", 40, frames: [Code.write, Code.insert, Code.store], callers: [Code.handle, Code.serve])
        log.writeSample(4, "running", 5, frames: [Code.insert, Code.store], callers: [Code.handle, Code.serve], isCut: true)
        log.writeSample(0, "poll", 300, frames: [Code.epoll, Code.main])
        log.writeSample(0, "running", 25, frames: [Code.collect, Code.main])
        log.writeSample(1, "running", 4)
        log.writeSample(0, "unsampled", 21)
        log.writeSample(0, "(other)", 3)
        return log
    }

    /// Where the picture service's functions are: a module's number and an address in it.
    enum Code {
        static let program: UInt64 = 1 << 48
        static let zlib: UInt64 = 2 << 48
        static let jpeg: UInt64 = 3 << 48
        static let system: UInt64 = 4 << 48
        static let main = program | 0x1010
        static let decode = program | 0x1110
        static let countRed = program | 0x1210
        static let insert = program | 0x1310
        static let store = program | 0x1410
        static let handle = program | 0x1500
        static let serve = program | 0x1600
        static let collect = program | 0x1710
        static let inflateFast = zlib | 0x110
        static let inflate = zlib | 0x210
        static let crc = zlib | 0x310
        static let idct = jpeg | 0x110
        static let readLines = jpeg | 0x210
        static let futex = system | 0x110
        static let write = system | 0x210
        static let epoll = system | 0x310
    }
}
