import TraceLog

typealias CodeLocation = UInt64

struct CodeNames {
    func functions(at location: CodeLocation, isReturnAddress: Bool) -> [SampleFrame] {
        [SampleFrame(kind: .code, name: "code+0x" + String(location, radix: 16))]
    }
}
