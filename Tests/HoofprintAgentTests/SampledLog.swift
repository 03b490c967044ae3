import Foundation
import TraceLog

/// A log's sessions.
struct SampledLog {
    private(set) var sessions: [UInt64: SampledSession] = [:]
    /// Lines that are no record, and records that are damaged.
    private(set) var others: [String] = []

    init(_ data: Data) {
        for line in data.split(separator: UInt8(ascii: "\n")) {
            if case .record(let header, let record) = RecordDecoder.decode(Array(line)) {
                sessions[header.session, default: SampledSession()].add(record)
            } else {
                others.append(String(decoding: line, as: UTF8.self))
            }
        }
    }

    /// The session, where there is one.
    var only: SampledSession? { sessions.count == 1 ? sessions.values.first : nil }
}

/// What a process recorded of itself.
struct SampledSession {
    /// A stack, and how many samples it stands for.
    struct Stack {
        let what: String
        /// Functions on the thread, innermost first, then those that its task goes on in; empty where one has no name.
        let frames: [String]
        let callers: [String]
        let count: UInt64
    }

    private(set) var program = ""
    private(set) var pid: UInt64 = 0
    private(set) var endReason: String?
    private(set) var spans: [String] = []
    private var symbols: [SymbolRecord] = []
    private var samples: [SampleKey: UInt64] = [:]

    private struct SampleKey: Hashable {
        let what: String
        let stack: SampleRecord.Stack
    }

    mutating func add(_ record: Record) {
        switch record {
        case .session(let session): (program, pid) = (session.program, session.pid)
        case .end(let end): endReason = end.reason
        case .callsite(let callsite): spans.append(callsite.name)
        case .symbol(let symbol): symbols.append(symbol)
        case .sample(let sample):
            if let stack = sample.stack { samples[SampleKey(what: sample.what, stack: stack)] = sample.count }
        default: break
        }
    }

    var stacks: [Stack] {
        samples.map { key, count in
            let frames = key.stack.frames.enumerated().map { name($0.offset == 0 ? $0.element : $0.element.ofCall) }
            return Stack(what: key.what, frames: frames, callers: key.stack.callers.map(name), count: count)
        }
    }

    private func name(_ location: CodeLocation) -> String {
        let address = location.address
        let symbol = symbols.first {
            $0.module == location.module && $0.start <= address && address < $0.start + $0.size
        }
        return symbol?.name ?? ""
    }

    var count: UInt64 { stacks.reduce(0) { $0 + $1.count } }

    /// The share of samples whose stack is as asked, 0 without any.
    func share(_ isAsked: (Stack) -> Bool) -> Double {
        count == 0 ? 0 : Double(stacks.filter(isAsked).reduce(0) { $0 + $1.count }) / Double(count)
    }

    /// The share of samples with a function, by a part of its name, anywhere on the thread's stack.
    func share(of function: String) -> Double { share { $0.frames.contains { $0.contains(function) } } }
}
