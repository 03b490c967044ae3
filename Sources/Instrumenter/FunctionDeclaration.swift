import SwiftSyntax

/// A function, initialiser, deinitialiser or accessor, as far as a span around its body depends on it.
public struct FunctionDeclaration {
    /// A body and its braces.
    public struct Body {
        let leftBrace: TokenSyntax
        /// What stands between the braces.
        public let statements: CodeBlockItemListSyntax
        let rightBrace: TokenSyntax

        init(_ block: CodeBlockSyntax) {
            self.init(block.leftBrace, block.statements, block.rightBrace)
        }

        init(_ leftBrace: TokenSyntax, _ statements: CodeBlockItemListSyntax, _ rightBrace: TokenSyntax) {
            (self.leftBrace, self.statements, self.rightBrace) = (leftBrace, statements, rightBrace)
        }
    }

    /// With labels: `load(_:)`; an accessor's is its keyword, `get` where none is written.
    public let name: String
    /// Without labels; a property's for its accessors.
    public let baseName: String
    /// What errors point at.
    let place: TokenSyntax
    /// nil: a requirement's, or one defined elsewhere.
    public let body: Body?
    /// Those of its property too, where it is an accessor.
    public let attributes: AttributeListSyntax
    let modifiers: DeclModifierListSyntax
    /// nil: it cannot have any.
    public let parameters: FunctionParameterClauseSyntax?
    /// The type that it is said to answer with.
    let result: TypeSyntax?
    /// Whether it answers with a value.
    let hasResult: Bool
    /// Whether it may suspend.
    let isAsync: Bool
    /// nil: it throws nothing. Otherwise what stands between `do` and its brace: empty, or ` throws(E)`.
    let throwing: String?
    /// Whether it `rethrows`.
    let isRethrowing: Bool
    /// Whether it is a property's or subscript's.
    let isAccessor: Bool
    /// Whether the keyword of an accessor is written.
    let isNamed: Bool

    /// nil: neither a function nor an initialiser nor a deinitialiser.
    public init?(_ declaration: some SyntaxProtocol) {
        if let node = declaration.as(FunctionDeclSyntax.self) {
            self.init(node)
        } else if let node = declaration.as(InitializerDeclSyntax.self) {
            self.init(node)
        } else if let node = declaration.as(DeinitializerDeclSyntax.self) {
            self.init(node)
        } else {
            return nil
        }
    }

    /// A function.
    public init(_ node: FunctionDeclSyntax) {
        let result = node.signature.returnClause?.type
        self.init(
            node.labelledName, node.name.text, at: node.name, node.body.map(Body.init), node.attributes, node.modifiers,
            parameters: node.signature.parameterClause, result: result,
            hasResult: !["Void", "()", "Swift.Void", nil].contains(result?.trimmedDescription),
            isAsync: node.signature.effectSpecifiers?.asyncSpecifier != nil,
            throwing: node.signature.effectSpecifiers?.throwsClause)
    }

    /// An initialiser.
    public init(_ node: InitializerDeclSyntax) {
        self.init(
            node.labelledName, "init", at: node.initKeyword, node.body.map(Body.init), node.attributes, node.modifiers,
            parameters: node.signature.parameterClause,
            isAsync: node.signature.effectSpecifiers?.asyncSpecifier != nil,
            throwing: node.signature.effectSpecifiers?.throwsClause)
    }

    /// A deinitialiser.
    public init(_ node: DeinitializerDeclSyntax) {
        self.init(
            "deinit", "deinit", at: node.deinitKeyword, node.body.map(Body.init), node.attributes, node.modifiers)
    }

    /// The getter of a property or subscript that is written without `get`.
    init(getter block: AccessorBlockSyntax, _ statements: CodeBlockItemListSyntax, of property: AccessedProperty) {
        self.init(
            "get", property.name, at: block.leftBrace, Body(block.leftBrace, statements, block.rightBrace),
            property.attributes, property.modifiers, result: property.type, hasResult: true, isAccessor: true,
            isNamed: false)
    }

    /// An accessor of a property or subscript.
    init(_ node: AccessorDeclSyntax, of property: AccessedProperty) {
        let isGetter = node.accessorSpecifier.tokenKind == .keyword(.get)
        self.init(
            node.accessorSpecifier.text, property.name, at: node.accessorSpecifier, node.body.map(Body.init),
            AttributeListSyntax(Array(property.attributes) + Array(node.attributes)), property.modifiers,
            result: isGetter ? property.type : nil, hasResult: isGetter,
            isAsync: node.effectSpecifiers?.asyncSpecifier != nil, throwing: node.effectSpecifiers?.throwsClause,
            isAccessor: true)
    }

    private init(
        _ name: String, _ baseName: String, at place: TokenSyntax, _ body: Body?, _ attributes: AttributeListSyntax,
        _ modifiers: DeclModifierListSyntax, parameters: FunctionParameterClauseSyntax? = nil,
        result: TypeSyntax? = nil, hasResult: Bool = false, isAsync: Bool = false,
        throwing clause: ThrowsClauseSyntax? = nil, isAccessor: Bool = false, isNamed: Bool = true
    ) {
        (self.name, self.baseName, self.place, self.body) = (name, baseName, place, body)
        (self.attributes, self.modifiers, self.parameters) = (attributes, modifiers, parameters)
        (self.result, self.hasResult, self.isAccessor, self.isNamed) = (result, hasResult, isAccessor, isNamed)
        self.isAsync = isAsync
        throwing = clause.flatMap { clause in
            guard let type = clause.type?.trimmedDescription else { return "" }
            return type == "Never" ? nil : " throws(\(type))"
        }
        isRethrowing = clause?.throwsSpecifier.tokenKind == .keyword(.rethrows)
    }

    /// Whether its caller runs in the midst of it.
    var isCoroutine: Bool { isAccessor && !["get", "set", "didSet", "willSet", "init"].contains(name) }

    /// Whether it says that it is public or open.
    var isPublic: Bool { modifiers.sayPublic }
}

/// A property or subscript, as far as its accessors depend on it.
struct AccessedProperty {
    let name: String
    let type: TypeSyntax?
    let attributes: AttributeListSyntax
    let modifiers: DeclModifierListSyntax
}

extension DeclModifierListSyntax {
    /// Whether `public` or `open` is among them, other than for a setter alone.
    var sayPublic: Bool { contains { ["public", "open"].contains($0.name.text) && $0.detail == nil } }
}
