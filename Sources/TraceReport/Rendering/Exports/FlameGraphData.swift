import TraceLog

/// What a flame graph's script draws.
struct FlameGraphData {
    /// More nodes are not drawn: narrower ones are left out until the others are no more than that.
    private static let maximumNodes = 50_000

    let profile: StackProfile
    /// For each measure, what belongs to each node and those below it.
    private let totals: [[UInt64]]
    private let widths: [UInt64]
    /// How wide a node must be to be drawn. What is under a narrow node is as narrow, so that no node loses the one it
    /// stands under.
    let least: UInt64
    /// How many nodes are narrower.
    let narrow: Int

    init(_ profile: StackProfile) {
        self.profile = profile
        let totals = profile.measures.map(profile.totals)
        let widths = profile.nodes.indices.map { node in totals.reduce(0) { saturatingSum($0, $1[node]) } }
        var least: UInt64 = 0
        if widths.count > Self.maximumNodes {
            least = saturatingSum(widths.sorted(by: >)[Self.maximumNodes], 1)
        }
        self.totals = totals
        self.widths = widths
        self.least = least
        narrow = widths.count { $0 < least }
    }

    /// `{"frames":[[label, place, kind]…],"unit":"samples","total":[on CPU, waiting],"nodes":[[depth, frame, on CPU,
    /// waiting]…]}`, in the tree's order, for a script element. Of spans there is one measure.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.array("frames") { json in
                for frame in profile.frames {
                    json.array { json in
                        json.element(frame.label)
                        json.element(Self.place(of: frame))
                        json.element(Self.kind(of: frame))
                    }
                }
            }
            json.member("unit", profile.unit == .samples ? "samples" : "ns")
            json.array("total") { json in profile.measures.forEach { json.element($0.sum) } }
            json.array("nodes") { json in
                for (index, node) in profile.nodes.enumerated() where widths[index] >= least {
                    json.array { json in
                        json.element(UInt64(node.depth))
                        json.element(UInt64(node.frame))
                        totals.forEach { json.element($0[index]) }
                    }
                }
            }
        }
        return HTMLText.escapedJSON(json.text)
    }

    private static func kind(of frame: StackProfile.Frame) -> String {
        switch frame.kind {
        case .span: "span"
        case .code: frame.isInlined ? "inlined" : "code"
        case .asyncCode: "async"
        case .wait: "wait"
        case .mark: "mark"
        }
    }

    private static func place(of frame: StackProfile.Frame) -> String {
        let file = frame.line > 0 ? "\(frame.file):\(frame.line)" : frame.file
        return [frame.module, file].filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
