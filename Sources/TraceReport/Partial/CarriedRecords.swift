import TraceLog

// The records that a model keeps as they are: all their members, whatever a line of a log has room for.

extension SessionRecord: CarriedByMembers {
    static let blank = SessionRecord(
        pid: 0, host: "", program: "", buildId: "", startWallNanoseconds: 0, clock: "", mode: "", flushMilliseconds: 0,
        spanCostPicoseconds: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&version)
        try carrier(&pid)
        try carrier(&host)
        try carrier(&program)
        try carrier(&buildId)
        try carrier(&startWallNanoseconds)
        try carrier(&clock)
        try carrier(&mode)
        try carrier(&flushMilliseconds)
        try carrier(&spanCostPicoseconds)
        try carrier(&slowest)
        try carrier(&openMilliseconds)
        try carrier(&memoryBytes)
    }
}

extension ClockRecord: CarriedByMembers {
    static let blank = ClockRecord(wallNanoseconds: 0, monotonicNanoseconds: 0, ticks: 0, ticksPerSecond: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&wallNanoseconds)
        try carrier(&monotonicNanoseconds)
        try carrier(&ticks)
        try carrier(&ticksPerSecond)
    }
}

extension CrashRecord: CarriedByMembers {
    static let blank = CrashRecord(signal: 0, thread: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&signal)
        try carrier(&thread)
    }
}

extension EndRecord: CarriedByMembers {
    static let blank = EndRecord(reason: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) { try carrier(&reason) }
}

extension CallsiteRecord: CarriedByMembers {
    static let blank = CallsiteRecord(id: 0, name: "", function: "", file: "", line: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&id)
        try carrier(&name)
        try carrier(&function)
        try carrier(&file)
        try carrier(&line)
    }
}

extension PathRecord: CarriedByMembers {
    static let blank = PathRecord(id: 0, parent: 0, callsite: 0, form: .sync)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&id)
        try carrier(&parent)
        try carrier(&callsite)
        try carrier(&form)
    }
}

extension UsageRecord: CarriedByMembers {
    static let blank = UsageRecord(path: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&minorFaults)
        try carrier(&majorFaults)
        try carrier(&voluntarySwitches)
        try carrier(&involuntarySwitches)
        try carrier(&blocksIn)
        try carrier(&blocksOut)
    }
}

extension DropsRecord: CarriedByMembers {
    static let blank = DropsRecord(lines: 0, spans: 0, paths: 0, misused: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&lines)
        try carrier(&spans)
        try carrier(&paths)
        try carrier(&misused)
        try carrier(&requests)
        try carrier(&clockSteps)
    }
}

extension OpenRecord: CarriedByMembers {
    static let blank = OpenRecord(path: 0, request: 0, thread: 0, startNanoseconds: 0, ageNanoseconds: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&request)
        try carrier(&thread)
        try carrier(&startNanoseconds)
        try carrier(&ageNanoseconds)
        try carrier(&trace)
    }
}

extension TraceIdentity: CarriedByMembers {
    static let blank = TraceIdentity(traceHigh: 0, traceLow: 0, span: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&traceHigh)
        try carrier(&traceLow)
        try carrier(&span)
    }
}

extension RequestRecord: CarriedByMembers {
    static let blank = RequestRecord(
        id: 0, path: 0, reason: .slow, startNanoseconds: 0, durationNanoseconds: 0, spans: 0, isPartial: false, parts: 0
    )

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&id)
        try carrier(&path)
        try carrier(&reason)
        try carrier(&startNanoseconds)
        try carrier(&durationNanoseconds)
        try carrier(&spans)
        try carrier(&isPartial)
        try carrier(&parts)
        try carrier(&trace)
    }
}

extension TreeRecord: CarriedByMembers {
    static let blank = TreeRecord(request: 0, part: 0, spans: [])

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&request)
        try carrier(&part)
        try carrier(&spans)
    }
}

extension TreeRecord.Span: CarriedByMembers {
    static let blank = TreeRecord.Span(
        path: 0, parent: 0, startNanoseconds: 0, durationNanoseconds: 0, cpuNanoseconds: 0, thread: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&path)
        try carrier(&parent)
        try carrier(&startNanoseconds)
        try carrier(&durationNanoseconds)
        try carrier(&cpuNanoseconds)
        try carrier(&thread)
        try carrier(&hasFailed)
    }
}

extension ModuleRecord: CarriedByMembers {
    static let blank = ModuleRecord(id: 0, buildID: "", layout: 0, path: "", bias: 0)

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&id)
        try carrier(&buildID)
        try carrier(&layout)
        try carrier(&path)
        try carrier(&bias)
    }
}

extension SymbolRecord: CarriedByMembers {
    static let blank = SymbolRecord(module: 0, start: 0, size: 0, name: "")

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&module)
        try carrier(&start)
        try carrier(&size)
        try carrier(&name)
    }
}

extension SampleRecord.Stack: CarriedByMembers {
    static let blank = SampleRecord.Stack(frames: [])

    mutating func carryMembers(by carrier: inout PartialCarrier) throws(PartialError) {
        try carrier(&frames)
        try carrier(&callers)
        try carrier(&isCut)
        try carrier(&isPhysicalOnly)
    }
}

extension CodeLocation: Carried {
    static func carried(_ value: CodeLocation?, by carrier: inout PartialCarrier) throws(PartialError) -> CodeLocation {
        CodeLocation(rawValue: try carrier.number(value?.rawValue ?? 0))
    }
}
