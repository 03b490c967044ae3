/// A histogram in a record: the buckets that are not empty, in order, each as the distance from the one before (from 0
/// for the first) and `:` and its count where that is not 1, joined by commas, all in base 36: `mg,2:5,1:2`. An empty
/// histogram is `-`.
extension DurationHistogram {
    /// Returns the encoded text.
    func encoded() -> [UInt8] {
        var text: [UInt8] = []
        var previous = 0
        for (bucket, occurrences) in buckets {
            if !text.isEmpty { text.append(UInt8(ascii: ",")) }
            Self.append(bucket: bucket - previous, occurrences, to: &text)
            previous = bucket
        }
        return text.isEmpty ? [UInt8(ascii: "-")] : text
    }

    /// Reads an encoded histogram; nil where it is malformed or names a bucket outside the layout.
    init?(encoded text: UnsafeRawBufferPointer) {
        self.init()
        if text.elementsEqual([UInt8(ascii: "-")]) { return }
        var bucket = 0
        for entry in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let entry = UnsafeRawBufferPointer(rebasing: entry)
            let colon = entry.firstIndex(of: UInt8(ascii: ":"))
            let distanceText = UnsafeRawBufferPointer(rebasing: entry[..<(colon ?? entry.count)])
            guard let distance = FieldNumber.parse(distanceText, radix: 36), distance < Self.bucketCount else {
                return nil
            }
            bucket += Int(distance)
            var occurrences: UInt64 = 1
            if let colon {
                let countText = UnsafeRawBufferPointer(rebasing: entry[(colon + 1)...])
                guard let parsed = FieldNumber.parse(countText, radix: 36) else { return nil }
                occurrences = parsed
            }
            guard bucket < Self.bucketCount, occurrences > 0 else { return nil }
            add(bucket: bucket, occurrences: occurrences)
        }
    }

    /// Returns the histogram cut into pieces whose encoded texts have at most `maximumEncodedBytes`.
    func pieces(maximumEncodedBytes: Int) -> [DurationHistogram] {
        var pieces: [DurationHistogram] = []
        var piece = DurationHistogram()
        var bytes = 0
        for (bucket, occurrences) in buckets {
            var entry: [UInt8] = []
            // A piece's first distance counts from 0, so the longest distance bounds every entry.
            Self.append(bucket: bucket, occurrences, to: &entry)
            if bytes + entry.count + 1 > maximumEncodedBytes {
                pieces.append(piece)
                piece = DurationHistogram()
                bytes = 0
            }
            piece.add(bucket: bucket, occurrences: occurrences)
            bytes += entry.count + 1
        }
        return piece.count > 0 ? pieces + [piece] : pieces
    }

    private static func append(bucket distance: Int, _ occurrences: UInt64, to text: inout [UInt8]) {
        FieldNumber.append(UInt64(distance), radix: 36, to: &text)
        guard occurrences != 1 else { return }
        text.append(UInt8(ascii: ":"))
        FieldNumber.append(occurrences, radix: 36, to: &text)
    }
}
