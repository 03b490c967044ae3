import Instrumenter
import SwiftSyntax

extension FunctionDeclaration {
    /// The names by which the body knows its arguments.
    var parameterNames: [TokenSyntax] {
        let names = parameters?.parameters.map { $0.secondName ?? $0.firstName } ?? []
        return names.filter { $0.tokenKind != .wildcard }
    }

    /// Why it cannot be wrapped, `@Traced` not counted.
    ///
    /// - Parameter context: What it stands in, the innermost first.
    func limit(in context: [Syntax]) -> SkipReason? {
        WrappingLimits().reason(
            toSkip: self,
            isInOneInlined: context.contains {
                $0.asProtocol((any WithAttributesSyntax).self)?.attributes.areInlining == true
            })
    }

    /// The name with those of what it stands in: `Store.load(_:)`.
    ///
    /// - Parameter context: What it stands in, the innermost first.
    func path(in context: [Syntax]) -> String {
        (context.reversed().compactMap(Self.name) + [name]).joined(separator: ".")
    }

    private static func name(of scope: Syntax) -> String? {
        if let type = scope.as(ExtensionDeclSyntax.self) { return type.extendedType.trimmedDescription }
        if let function = FunctionDeclaration(scope) { return function.name }
        let isType = scope.asProtocol((any DeclGroupSyntax).self) != nil
        return isType ? scope.asProtocol((any NamedDeclSyntax).self)?.name.text : nil
    }
}
