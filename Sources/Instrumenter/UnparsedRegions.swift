import SwiftParser
import SwiftSyntax

/// The parts of a source that its compiler reads over without parsing them, since `#if compiler(…)` or `#if swift(…)` keeps
/// them for another version (SE-0212): what stands there may be of a language that this parser does not know.
struct UnparsedRegions {
    private let compiler: CompilerVersion
    private var open: [Conditional] = []
    private var regions: [Range<Int>] = []

    /// An `#if` whose `#endif` is still to come.
    private struct Conditional {
        /// Where the clause at hand begins that is not parsed; nil: it is parsed.
        var start: Int?
        /// Whether the version alone says that a clause before is compiled.
        var isDecided = false
    }

    /// A source with spaces in the place of those parts, so that all else stays where it is. nil: there are none.
    ///
    /// - Parameter tree: The source as parsed with them. Only its tokens count.
    static func blanked(_ source: [UInt8], _ tree: SourceFileSyntax, compiler: CompilerVersion) -> [UInt8]? {
        var found = UnparsedRegions(compiler: compiler)
        for token in tree.tokens(viewMode: .sourceAccurate) { found.read(token, source) }
        guard !found.regions.isEmpty else { return nil }
        var result = source
        for region in found.regions {
            for offset in region where ![UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(source[offset]) {
                result[offset] = UInt8(ascii: " ")
            }
        }
        return result
    }

    private init(compiler: CompilerVersion) {
        self.compiler = compiler
    }

    private mutating func read(_ token: TokenSyntax, _ source: [UInt8]) {
        switch token.tokenKind {
        case .poundIf:
            open.append(Conditional())
            begin(token, source)
        case .poundElseif, .poundElse:
            guard !open.isEmpty else { return }
            end(token)
            begin(token, source)
        case .poundEndif:
            guard !open.isEmpty else { return }
            end(token)
            open.removeLast()
        default: return
        }
    }

    /// Begins a clause at its directive.
    private mutating func begin(_ directive: TokenSyntax, _ source: [UInt8]) {
        let start = directive.endPositionBeforeTrailingTrivia.utf8Offset
        let end = source[start...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? source.count
        let isElse = directive.tokenKind == .poundElse
        let condition = isElse ? true : value(of: Array(source[start..<end]))
        let last = open.count - 1
        // A clause that begins with a member (SE-0308) goes on with an expression, and cannot be left out of it.
        let goesOn = source[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ".")
        if condition == false || open[last].isDecided, !goesOn { open[last].start = end }
        if condition == true { open[last].isDecided = true }
    }

    /// Ends the clause at hand before a directive.
    private mutating func end(_ directive: TokenSyntax) {
        let last = open.count - 1
        guard let start = open[last].start else { return }
        open[last].start = nil
        // Within another that is left out, it is left out with it.
        guard !open.contains(where: { $0.start != nil }) else { return }
        regions.append(start..<directive.positionAfterSkippingLeadingTrivia.utf8Offset)
    }

    // Conditions. nil: more than the version decides.

    private func value(of condition: [UInt8]) -> Bool? {
        condition.withUnsafeBufferPointer { text in
            var parser = Parser(text)
            return value(of: ExprSyntax.parse(from: &parser))
        }
    }

    private func value(of condition: ExprSyntax) -> Bool? {
        if let call = condition.as(FunctionCallExprSyntax.self) { return value(of: call) }
        if let tuple = condition.as(TupleExprSyntax.self), tuple.elements.count == 1 {
            return tuple.elements.first.flatMap { value(of: $0.expression) }
        }
        if let prefixed = condition.as(PrefixOperatorExprSyntax.self), prefixed.operator.text == "!" {
            return value(of: prefixed.expression).map { !$0 }
        }
        if let sequence = condition.as(SequenceExprSyntax.self) { return value(of: Array(sequence.elements)) }
        return nil
    }

    /// Of operands with operators between them: `&&` binds tighter than `||`.
    private func value(of sequence: [ExprSyntax]) -> Bool? {
        func split(_ operator: String) -> [[ExprSyntax]] {
            sequence.split { $0.as(BinaryOperatorExprSyntax.self)?.operator.text == `operator` }.map(Array.init)
        }
        let alternatives = split("||")
        if alternatives.count > 1 {
            let values = alternatives.map(value)
            return values.contains(true) ? true : values.allSatisfy { $0 == false } ? false : nil
        }
        let parts = split("&&")
        if parts.count > 1 {
            let values = parts.map(value)
            return values.contains(false) ? false : values.allSatisfy { $0 == true } ? true : nil
        }
        return sequence.count == 1 ? value(of: sequence[0]) : nil
    }

    /// Of `compiler(>=6.3)` and `swift(>=6.3)`.
    private func value(of call: FunctionCallExprSyntax) -> Bool? {
        guard let version = call.arguments.trimmedDescription.wholeMatch(of: /(>=|<)\s*([0-9.]+)/),
            let other = CompilerVersion(version.output.2)
        else { return nil }
        let isAtLeast = compiler >= other
        switch call.calledExpression.trimmedDescription {
        case "compiler": break
        // The language's version is the compiler's, or one from before.
        case "swift": if isAtLeast { return nil }
        default: return nil
        }
        return version.output.1 == ">=" ? isAtLeast : !isAtLeast
    }
}
