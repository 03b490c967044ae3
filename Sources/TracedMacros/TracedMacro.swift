import Instrumenter
import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacros

/// `@Traced`: puts a span around a function's body.
public enum TracedMacro: BodyMacro {
    /// The body's text stays as it is, so that its lines stay where they are.
    public static var formatMode: FormatMode { .disabled }

    /// What an attribute of a redacted argument says.
    static let redacted = "(redacted)"

    /// The body with a span around it.
    public static func expansion(
        of node: AttributeSyntax,
        providingBodyFor declaration: some DeclSyntaxProtocol & WithOptionalCodeBlockSyntax,
        in context: some MacroExpansionContext
    ) throws -> [CodeBlockItemSyntax] {
        guard let function = FunctionDeclaration(declaration) else {
            throw TracedMessage.error(
                "@Traced is for functions, initialisers and deinitialisers; write span(\"name\") { … } in the body",
                at: node)
        }
        let limit = function.limit(in: context.lexicalContext)
        guard let body = declaration.body, limit == nil || limit == .emptyBody else {
            let reason = limit ?? .noBody
            throw TracedMessage.error("@Traced cannot wrap '\(function.name)': it \(reason.rawValue)", at: node)
        }
        let inner = InnerAttributes.find(in: body)
        guard inner.isEmpty else {
            throw DiagnosticsError(
                diagnostics: inner.map { attribute in
                    Diagnostic(
                        node: attribute,
                        message: TracedMessage(
                            "@Traced cannot be on a function within one that has it: the compiler does not expand a "
                                + "macro in its own expansion; write span(\"name\") { … } in it"))
                })
        }
        let arguments = try TracedArguments(of: node)
        let names = function.parameterNames
        let place = function.parameters.map { Syntax($0) } ?? Syntax(declaration)
        try arguments.check(
            against: names.map(\.plainText), at: place, owner: "'\(function.name)' does not have",
            of: "'\(function.name)'")
        let wrapping = Wrapping(
            of: body.statements, in: function,
            name: arguments.name ?? function.path(in: context.lexicalContext), attributes: setters(names, arguments),
            type: "HoofprintTraced.TraceSpan", isBlock: true)
        let text = wrapping.opening + inPlace(body, with: wrapping, context) + wrapping.closing
        return Array(Parser.parse(source: text).statements)
    }

    /// The statements that set the span's attributes, in the order of the parameters.
    private static func setters(_ names: [TokenSyntax], _ arguments: TracedArguments) -> [String] {
        let redacted = Set(arguments.redacting.map(\.text)), shown = Set(arguments.attributes.map(\.text))
        return names.compactMap { name in
            let key = name.plainText
            guard redacted.contains(key) || shown.contains(key) else { return nil }
            let value = redacted.contains(key) ? "\"\(Self.redacted)\"" : name.text
            return "\(Wrapping.variable)[\"\(Wrapping.escaped(key))\"] = \(value)"
        }
    }

    /// The text between a body's braces, at the lines and columns where the source has it: for debuggers, crash reports and
    /// the compiler's own messages.
    private static func inPlace(
        _ body: CodeBlockSyntax, with wrapping: Wrapping, _ context: some MacroExpansionContext
    ) -> String {
        var edits = SourceEdits()
        let start = body.leftBrace.endPositionBeforeTrailingTrivia
        for expression in wrapping.implicitResults {
            edits.insert("return ", at: expression.positionAfterSkippingLeadingTrivia.utf8Offset - start.utf8Offset)
        }
        let source =
            body.leftBrace.trailingTrivia.description + body.statements.description
            + body.rightBrace.leadingTrivia.description
        let text = String(decoding: edits.applied(to: Array(source.utf8)), as: UTF8.self)
        guard let place = context.location(of: body.leftBrace, at: .beforeTrailingTrivia, filePathMode: .filePath)
        else {
            return text
        }
        let indentation = String(repeating: " ", count: max(0, (Int(place.column.trimmedDescription) ?? 1) - 1))
        return """

            #sourceLocation(file: \(place.file), line: \(place.line))
            \(indentation)\(text)
            #sourceLocation()

            """
    }
}

/// Finds `@Traced` and `@TracedMembers` in a body.
final class InnerAttributes: SyntaxVisitor {
    private var found: [AttributeSyntax] = []

    static func find(in body: some SyntaxProtocol) -> [AttributeSyntax] {
        let finder = InnerAttributes(viewMode: .sourceAccurate)
        finder.walk(body)
        return finder.found
    }

    override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind {
        let list = AttributeListSyntax([.attribute(node)])
        if list.have("Traced") || list.have("TracedMembers") { found.append(node) }
        return .visitChildren
    }
}
