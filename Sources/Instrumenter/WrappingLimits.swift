import SwiftSyntax

/// Which functions cannot be wrapped, as far as their text tells.
public struct WrappingLimits: Sendable {
    /// Names of types with `@resultBuilder`, beside those whose names end in `Builder`.
    public let resultBuilders: Set<String>

    /// Knows result builders by these names, too.
    public init(resultBuilders: Set<String> = []) {
        self.resultBuilders = resultBuilders
    }

    /// Why a function cannot be wrapped, `@Traced` not counted. nil: it can.
    ///
    /// - Parameter isInOneInlined: Whether what it stands in is inlined into callers.
    public func reason(toSkip function: FunctionDeclaration, isInOneInlined: Bool) -> SkipReason? {
        guard let body = function.body?.statements else { return .noBody }
        if function.isCoroutine { return .coroutine }
        if isInOneInlined || function.attributes.areInlining { return .inlinable }
        if body.isEmpty { return .emptyBody }
        if ["Never", "Swift.Never"].contains(function.result?.trimmedDescription) { return .neverReturns }
        let attributes = function.attributes.names
        if attributes.contains(where: { ["differentiable", "derivative", "transpose"].contains($0) }) {
            return .differentiable
        }
        return isBuilt(body, function.result, attributes, function.baseName) ? .resultBuilder : nil
    }

    /// Whether a result builder makes the body's value: one is named, or it comes from a protocol's requirement.
    private func isBuilt(
        _ body: CodeBlockItemListSyntax, _ result: TypeSyntax?, _ attributes: [String], _ baseName: String
    ) -> Bool {
        let isNamed = attributes.contains { name in
            let last = name.split(separator: ".").last.map(String.init) ?? name
            let type = last.prefix { $0 != "<" }
            return resultBuilders.contains(String(type)) || type.hasSuffix("Builder")
        }
        if isNamed { return true }
        guard let result, !["Void", "()"].contains(result.trimmedDescription) else { return false }
        let isOpaque = result.is(SomeOrAnyTypeSyntax.self)
        let returns = body.contains { $0.item.is(ReturnStmtSyntax.self) }
        if isOpaque, baseName == "body", !returns { return true }
        // Several values one after the other, and nothing returned: no other body ends so.
        let values = Array(body).filter { $0.item.is(FunctionCallExprSyntax.self) }
        return isOpaque && values.count > 1 && values.last == body.last
    }
}

extension AttributeListSyntax {
    /// The names of the attributes, those within `#if` included.
    public var names: [String] {
        flatMap { element -> [String] in
            if let attribute = element.as(AttributeSyntax.self) { return [attribute.attributeName.trimmedDescription] }
            let clauses = element.as(IfConfigDeclSyntax.self)?.clauses.map { $0 } ?? []
            return clauses.flatMap { $0.elements?.as(AttributeListSyntax.self)?.names ?? [] }
        }
    }

    /// Whether one of HoofprintTraced's macros is among them.
    public func have(_ macro: String) -> Bool {
        names.contains { $0 == macro || $0 == "HoofprintTraced.\(macro)" }
    }

    /// Whether one of them has a body compiled into whoever calls it.
    public var areInlining: Bool {
        let names: Set = [
            "inlinable", "_transparent", "_alwaysEmitIntoClient", "backDeployed", "_backDeploy", "export",
        ]
        return isAlwaysInlined || self.names.contains(where: names.contains)
    }

    /// Whether there is `@inline(__always)`.
    private var isAlwaysInlined: Bool {
        contains { element in
            guard let attribute = element.as(AttributeSyntax.self) else { return false }
            return attribute.attributeName.trimmedDescription == "inline"
                && attribute.arguments?.trimmedDescription == "__always"
        }
    }
}

extension TokenSyntax {
    /// The name without the backticks that a keyword needs.
    public var plainText: String { String(text.drop { $0 == "`" }.prefix { $0 != "`" }) }
}

extension FunctionParameterListSyntax {
    /// The labels as in a function's full name: `(_:at:)`.
    public var labels: String { "(" + map { "\($0.firstName.plainText):" }.joined() + ")" }
}

extension FunctionDeclSyntax {
    /// The name with the labels: `load(_:)`.
    public var labelledName: String {
        let parameters = signature.parameterClause.parameters
        // An operator's operands have no labels.
        let isOperator = name.tokenKind != .identifier(name.text)
        return name.plainText + (isOperator ? "(" + parameters.map { _ in "_:" }.joined() + ")" : parameters.labels)
    }
}

extension InitializerDeclSyntax {
    /// The name with the labels: `init(_:)`.
    public var labelledName: String { "init" + signature.parameterClause.parameters.labels }
}
