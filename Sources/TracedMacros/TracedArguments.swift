import SwiftDiagnostics
import SwiftParser
import SwiftSyntax

/// What stands in the parentheses of `@Traced` or `@TracedMembers`.
struct TracedArguments {
    /// A parameter's name, where it is written.
    struct Name {
        let text: String
        let node: Syntax
    }

    private(set) var name: String?
    private(set) var attributes: [Name] = []
    private(set) var redacting: [Name] = []

    init(of attribute: AttributeSyntax) throws {
        guard let arguments = attribute.arguments?.as(LabeledExprListSyntax.self) else { return }
        for argument in arguments {
            switch argument.label?.text {
            case "attributes": attributes = try Self.names(argument.expression)
            case "redacting": redacting = try Self.names(argument.expression)
            default:
                if argument.expression.is(NilLiteralExprSyntax.self) { continue }
                name = try Self.text(argument.expression)
            }
        }
    }

    /// Refuses names that no parameter has.
    ///
    /// - Parameters:
    ///   - known: The names there are.
    ///   - place: Where they are declared.
    ///   - owner: What declares them, as the subject of "has": `'load(_:)'`.
    ///   - owners: The same in "the parameters of …".
    func check(against known: [String], at place: some SyntaxProtocol, owner: String, of owners: String) throws {
        let unknown = (attributes + redacting).filter { !known.contains($0.text) }
        guard !unknown.isEmpty else { return }
        let list = known.map { "'\($0)'" }.joined(separator: ", ")
        let note =
            known.isEmpty ? "there is no parameter with a name in \(owners)" : "the parameters of \(owners): \(list)"
        throw DiagnosticsError(
            diagnostics: unknown.map { name in
                Diagnostic(
                    node: name.node, message: TracedMessage("\(owner) a parameter '\(name.text)'"),
                    notes: [Note(node: Syntax(place), message: TracedMessage(note))])
            })
    }

    private static func names(_ expression: ExprSyntax) throws -> [Name] {
        guard let array = expression.as(ArrayExprSyntax.self) else {
            throw TracedMessage.error("an array literal of parameters' names has to stand here", at: expression)
        }
        return try array.elements.map { Name(text: try text($0.expression), node: Syntax($0.expression)) }
    }

    private static func text(_ expression: ExprSyntax) throws -> String {
        guard let text = expression.as(StringLiteralExprSyntax.self)?.representedLiteralValue else {
            throw TracedMessage.error(
                "a string literal without interpolation has to stand here: names are fixed when the program is built",
                at: expression)
        }
        return text
    }
}

/// What the macros say of code that they cannot expand.
struct TracedMessage: DiagnosticMessage, NoteMessage {
    let message: String
    let severity = DiagnosticSeverity.error
    var diagnosticID: MessageID { MessageID(domain: "Hoofprint", id: "traced") }
    var noteID: MessageID { diagnosticID }

    init(_ message: String) {
        self.message = message
    }

    static func error(_ message: String, at node: some SyntaxProtocol) -> DiagnosticsError {
        DiagnosticsError(diagnostics: [Diagnostic(node: node, message: TracedMessage(message))])
    }
}
