import Redness

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Measures copies of files that are damaged at random, from memory and half of the time at half scale, until the time is up.
/// Whatever comes of it is right, but for a crash, a measurement that contradicts itself, or an error without a text.
func fuzz(seconds: Int, seed: UInt64, files: [String]) {
    let originals = files.map { contents(of: $0) }
    var random = Random(state: seed)
    var limits = PictureLimits()
    limits.pixels = 4_000_000
    limits.decoderBytes = 32 << 20
    limits.processorMilliseconds = 2000
    let measurer = PictureMeasurer(limits: limits)
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    var wholeCount = 0
    while ContinuousClock.now < end {
        let mutant = mutated(originals[random.below(originals.count)], originals, &random)
        let scale: PictureScale = random.below(2) == 0 ? .full : .half
        if isMeasured(mutant, measurer, scale) { wholeCount += 1 }
        count += 1
    }
    print("fuzz-pictures: \(count) pictures, \(wholeCount) of them measured, the others refused; seed \(seed)")
}

private func isMeasured(_ bytes: [UInt8], _ measurer: PictureMeasurer, _ scale: PictureScale) -> Bool {
    // What ends the program leaves this behind.
    keep(bytes)
    return bytes.withUnsafeBytes { content in
        do throws(PictureError) {
            let picture = try measurer.measure(content, scale: scale)
            let isPossible =
                picture.redPixels <= picture.pixels && picture.pixels <= picture.width * picture.height
                && (picture.redBox.map { box in
                    let isOnItsSide = picture.orientation >= 5
                    let width = isOnItsSide ? picture.height : picture.width
                    let height = isOnItsSide ? picture.width : picture.height
                    return box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.x + box.width <= width
                        && box.y + box.height <= height
                } ?? true)
            precondition(isPossible, "\(picture)")
            return true
        } catch {
            precondition(!"\(error)".isEmpty)
            return false
        }
    }
}

/// The input in hand, in a file that is written over again and again.
private func keep(_ bytes: [UInt8]) {
    guard let file = fopen("picture-fuzz-input", "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
}

/// Some of: bytes changed, a piece cut out, a piece of this or another file put in, the end cut off.
private func mutated(_ original: [UInt8], _ others: [[UInt8]], _ random: inout Random) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(4) {
        guard bytes.count > 1 else { break }
        // Most of what decides lies at the beginning.
        let isHead = random.below(2) == 0
        let place = random.below(isHead ? min(bytes.count, 1024) : bytes.count)
        switch random.below(8) {
        case 0, 1, 2: bytes[place] = UInt8(random.below(256))
        case 3: bytes[place] ^= 1 << UInt8(random.below(8))
        case 4:
            let values: [UInt8] = [0, 1, 0x7f, 0x80, 0xff]
            for index in place..<min(bytes.count, place + 1 + random.below(4)) {
                bytes[index] = values[random.below(values.count)]
            }
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(64)))
        case 6:
            let other = others[random.below(others.count)]
            let start = random.below(other.count)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + random.below(64))], at: place)
        default: bytes.removeSubrange(place...)
        }
    }
    return bytes
}

/// Numbers that a seed repeats: Knuth's linear congruential generator.
private struct Random {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 33) % UInt64(bound))
    }
}
