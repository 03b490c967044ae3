/// The header of a part of a multipart body, as far as it says whether the part is a file.
struct PartHeader {
    /// Whether the part has a file name, or holds an image by its content type.
    let isFile: Bool

    /// - Parameter bytes: The header's lines.
    init(_ bytes: some Collection<UInt8>) {
        let lines = String(decoding: bytes, as: UTF8.self).lowercased().split(separator: "\r\n")
        isFile = lines.contains { line in
            if line.hasPrefix("content-disposition:") {
                return HeaderValue(line.dropFirst("content-disposition:".count)).parameters.keys
                    .contains { $0 == "filename" || $0 == "filename*" }
            }
            guard line.hasPrefix("content-type:") else { return false }
            return HeaderValue(line.dropFirst("content-type:".count)).value.hasPrefix("image/")
        }
    }
}
