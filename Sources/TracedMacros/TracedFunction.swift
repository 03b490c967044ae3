import Instrumenter
import SwiftSyntax

/// A declaration with a body, as far as a span around the body depends on it.
struct TracedFunction {
    /// With labels: `load(_:)`.
    let name: String
    let baseName: String
    let body: CodeBlockSyntax?
    let result: TypeSyntax?
    let function: WrappedFunction
    let attributes: AttributeListSyntax
    /// nil: it cannot have any.
    let parameters: FunctionParameterClauseSyntax?

    /// nil: neither a function nor an initialiser nor a deinitialiser.
    init?(_ declaration: some SyntaxProtocol) {
        if let node = declaration.as(FunctionDeclSyntax.self) {
            name = node.labelledName
            baseName = node.name.text
            body = node.body
            result = node.signature.returnClause?.type
            function = WrappedFunction(effects: (node.signature.effectSpecifiers?.throwsClause, result))
            attributes = node.attributes
            parameters = node.signature.parameterClause
        } else if let node = declaration.as(InitializerDeclSyntax.self) {
            name = node.labelledName
            baseName = "init"
            body = node.body
            result = nil
            function = WrappedFunction(
                effects: (node.signature.effectSpecifiers?.throwsClause, nil), answersWithValue: false)
            attributes = node.attributes
            parameters = node.signature.parameterClause
        } else if let node = declaration.as(DeinitializerDeclSyntax.self) {
            name = "deinit"
            baseName = "deinit"
            body = node.body
            result = nil
            function = WrappedFunction(hasResult: false, throwing: nil)
            attributes = node.attributes
            parameters = nil
        } else {
            return nil
        }
    }

    /// The names by which the body knows its arguments.
    var parameterNames: [TokenSyntax] {
        let names = parameters?.parameters.map { $0.secondName ?? $0.firstName } ?? []
        return names.filter { $0.tokenKind != .wildcard }
    }

    /// Why it cannot be wrapped, `@Traced` itself not counted.
    ///
    /// - Parameter context: What it stands in, the innermost first.
    func limit(in context: [Syntax]) -> SkipReason? {
        let isInlined =
            attributes.areInlining
            || context.contains { $0.asProtocol((any WithAttributesSyntax).self)?.attributes.areInlining == true }
        let names = attributes.names.filter { !["Traced", "HoofprintTraced.Traced"].contains($0) }
        return WrappingLimits().reason(
            toSkip: body?.statements, of: baseName, result: result, attributes: names, isInlined: isInlined)
    }

    /// The name with those of what it stands in: `Store.load(_:)`.
    ///
    /// - Parameter context: What it stands in, the innermost first.
    func path(in context: [Syntax]) -> String {
        (context.reversed().compactMap(Self.name) + [name]).joined(separator: ".")
    }

    private static func name(of scope: Syntax) -> String? {
        if let type = scope.as(ExtensionDeclSyntax.self) { return type.extendedType.trimmedDescription }
        if let function = TracedFunction(scope) { return function.name }
        let isType = scope.asProtocol((any DeclGroupSyntax).self) != nil
        return isType ? scope.asProtocol((any NamedDeclSyntax).self)?.name.text : nil
    }
}
