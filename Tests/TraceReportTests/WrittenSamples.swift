import TraceLog

/// Samples of stacks, as a program's sampler writes them.
extension WrittenLog {
    mutating func writeSample(
        _ path: UInt64, _ what: String, _ count: UInt64, frames: [UInt64] = [], callers: [UInt64] = [],
        isCut: Bool = false, isPhysicalOnly: Bool = false
    ) {
        let stack = SampleRecord.Stack(
            frames: frames.map(CodeLocation.init(rawValue:)), callers: callers.map(CodeLocation.init(rawValue:)),
            isCut: isCut, isPhysicalOnly: isPhysicalOnly)
        let isTaken = !frames.isEmpty || !callers.isEmpty
        let taken = isTaken ? stack : nil
        write(.sample(SampleRecord(sampler: "stacks", path: path, what: what, count: count, stack: taken)))
    }

    /// A function of 256 bytes.
    mutating func writeFunction(_ module: UInt64, _ start: UInt64, _ name: String) {
        write(.symbol(SymbolRecord(module: module, start: start, size: 0x100, name: name)))
    }

    mutating func writeModule(_ id: UInt64, _ path: String) {
        write(.module(ModuleRecord(id: id, buildID: "3f9c1e7a5b", layout: 1, path: path, bias: 0)))
    }

    /// The picture service with a sampler of stacks: a decoder that inflates, a store that waits for a lock under an async
    /// request, threads outside of spans.
    static func sampledPictureService() -> WrittenLog {
        var log = WrittenLog.pictureService()
        log.writePictureCode()
        let decode = [Code.decode, Code.main]
        for flush in 1...3 as ClosedRange<UInt64> {
            log.writeSample(2, "running", 166 * flush, frames: [Code.inflateFast, Code.inflate] + decode)
            log.writeSample(2, "running", 54 * flush, frames: [Code.idct, Code.readLines] + decode)
            log.writeSample(2, "running", 30 * flush, frames: [Code.crc, Code.inflate] + decode)
            log.writeSample(2, "running", 5 * flush, frames: [Code.readLines] + decode)
            log.writeSample(3, "running", 75 * flush, frames: [Code.countRed] + decode)
        }
        let store = [Code.insert, Code.store]
        let callers = [Code.handle, Code.serve]
        log.writeSample(4, "lock", 130, frames: [Code.futex] + store, callers: callers)
        log.writeSample(4, "disk", 40, frames: [Code.write] + store, callers: callers)
        log.writeSample(4, "running", 5, frames: store, callers: callers, isCut: true)
        log.writeSample(0, "poll", 300, frames: [Code.epoll, Code.main])
        log.writeSample(0, "running", 25, frames: [Code.collect, Code.main], isPhysicalOnly: true)
        log.writeSample(1, "running", 4)
        log.writeSample(0, "unsampled", 21)
        log.writeSample(0, "(other)", 3)
        return log
    }

    private mutating func writePictureCode() {
        let libraries = ["/srv/red", "/lib/x86_64-linux-gnu/libz.so.1.2.13", "/lib/libjpeg.so.62", "/lib/libc.so.6"]
        for (index, path) in libraries.enumerated() { writeModule(UInt64(index) + 1, path) }
        for (location, name) in Code.names {
            writeFunction(location >> 48, location & 0xffff_ff00, name)
        }
    }

    /// Where the picture service's functions are: a module's number and an address in it.
    enum Code {
        private static let program: UInt64 = 1 << 48
        private static let zlib: UInt64 = 2 << 48
        private static let jpeg: UInt64 = 3 << 48
        private static let system: UInt64 = 4 << 48
        static let main = program | 0x1010
        static let decode = program | 0x1110
        static let countRed = program | 0x1210
        static let insert = program | 0x1310
        static let store = program | 0x1410
        // A task's callers go on at the starts of functions.
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

        static let names: [(location: UInt64, name: String)] = [
            (main, "main"), (decode, "decode(_:)"), (countRed, "countRed(_:)"), (insert, "insert(_:)"),
            (store, "store(_:)"), (handle, "handle(_:)"), (serve, "serve()"), (collect, "collect()"),
            (inflateFast, "inflate_fast"), (inflate, "inflate"), (crc, "crc32_z"), (idct, "jsimd_idct_islow"),
            (readLines, "jpeg_read_scanlines"), (futex, "__futex_wait"), (write, "write"), (epoll, "epoll_wait"),
        ]
    }
}
