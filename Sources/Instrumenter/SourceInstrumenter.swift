import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// What is known of a package's sources before any of them is wrapped.
public struct PackageKnowledge: Sendable {
    /// Names of types with `@resultBuilder`.
    public var resultBuilders: Set<String> = []

    public init() {}

    /// Learns from a source.
    public mutating func learn(from source: String) {
        guard source.contains("resultBuilder") else { return }
        let finder = BuilderFinder(viewMode: .sourceAccurate)
        finder.walk(Parser.parse(source: source))
        resultBuilders.formUnion(finder.names)
    }

    private final class BuilderFinder: SyntaxVisitor {
        var names: Set<String> = []

        private func note(_ attributes: AttributeListSyntax, _ name: TokenSyntax) {
            if attributes.names.contains("resultBuilder") { names.insert(name.text) }
        }

        override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
            note(node.attributes, node.name)
            return .visitChildren
        }
        override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
            note(node.attributes, node.name)
            return .visitChildren
        }
        override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
            note(node.attributes, node.name)
            return .visitChildren
        }
    }
}

extension AttributeListSyntax {
    /// The names of the attributes, those within `#if` included.
    var names: [String] {
        flatMap { element -> [String] in
            if let attribute = element.as(AttributeSyntax.self) { return [attribute.attributeName.trimmedDescription] }
            let clauses = element.as(IfConfigDeclSyntax.self)?.clauses.map { $0 } ?? []
            return clauses.flatMap { $0.elements?.as(AttributeListSyntax.self)?.names ?? [] }
        }
    }

    /// Whether there is `@inline(__always)`.
    var isAlwaysInlined: Bool {
        contains { element in
            guard let attribute = element.as(AttributeSyntax.self) else { return false }
            return attribute.attributeName.trimmedDescription == "inline"
                && attribute.arguments?.trimmedDescription == "__always"
        }
    }
}

/// A source file with its functions wrapped.
public struct InstrumentedSource {
    /// All functions in the file, in order.
    public let functions: [FoundFunction]
    public let edits: SourceEdits
    /// `line:column: message` of what is wrong with the source; then nothing is wrapped.
    public let errors: [String]

    public init(_ source: [UInt8], module: String, filter: FunctionFilter, knowledge: PackageKnowledge) {
        let tree = source.withUnsafeBufferPointer { Parser.parse(source: $0) }
        let converter = SourceLocationConverter(fileName: "", tree: tree)
        let problems = ParseDiagnosticsGenerator.diagnostics(for: tree).filter { $0.diagMessage.severity == .error }
        errors = problems.map { problem in
            let place = problem.location(converter: converter)
            return "\(place.line):\(place.column): \(problem.message)"
        }
        let visitor = FunctionVisitor(module, converter, filter, knowledge, hasErrors: !errors.isEmpty)
        visitor.walk(tree)
        functions = visitor.functions
        edits = visitor.edits
    }
}

/// Walks a file's declarations, and wraps what the filter wants.
private final class FunctionVisitor: SyntaxVisitor {
    private let module: String
    private let converter: SourceLocationConverter
    private let filter: FunctionFilter
    private let knowledge: PackageKnowledge
    private let hasErrors: Bool
    private(set) var functions: [FoundFunction] = []
    private(set) var edits = SourceEdits()

    private struct Scope {
        let name: String
        /// The access that members have which say nothing.
        var isPublic = false
        /// In a body that is inlined elsewhere.
        var isInlined = false
    }
    private var scopes: [Scope] = []

    init(
        _ module: String, _ converter: SourceLocationConverter, _ filter: FunctionFilter, _ knowledge: PackageKnowledge,
        hasErrors: Bool
    ) {
        self.module = module
        self.converter = converter
        self.filter = filter
        self.knowledge = knowledge
        self.hasErrors = hasErrors
        super.init(viewMode: .sourceAccurate)
    }

    // Types.

    private func enter(_ name: String, isPublic: Bool = false) -> SyntaxVisitorContinueKind {
        scopes.append(Scope(name: name, isPublic: isPublic, isInlined: scopes.last?.isInlined ?? false))
        return .visitChildren
    }

    private func leave() { scopes.removeLast() }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
    override func visitPost(_ node: StructDeclSyntax) { leave() }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
    override func visitPost(_ node: ClassDeclSyntax) { leave() }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
    override func visitPost(_ node: EnumDeclSyntax) { leave() }
    override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
    override func visitPost(_ node: ActorDeclSyntax) { leave() }
    override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind { enter(node.name.text) }
    override func visitPost(_ node: ProtocolDeclSyntax) { leave() }
    override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.extendedType.trimmedDescription, isPublic: Self.isPublic(node.modifiers))
    }
    override func visitPost(_ node: ExtensionDeclSyntax) { leave() }

    // Functions.

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
        let parameters = node.signature.parameterClause.parameters
        // An operator's operands have no labels.
        let isOperator = node.name.tokenKind != .identifier(node.name.text)
        let labels = isOperator ? "(" + parameters.map { _ in "_:" }.joined() + ")" : Self.labels(parameters)
        consider(
            name: node.name.text + labels, baseName: node.name.text, at: Syntax(node.name),
            body: node.body?.statements, braces: (node.body?.leftBrace, node.body?.rightBrace),
            function: WrappedFunction(
                effects: (node.signature.effectSpecifiers?.throwsClause, node.signature.returnClause?.type)),
            result: node.signature.returnClause?.type, attributes: node.attributes, modifiers: node.modifiers)
        return .visitChildren
    }
    override func visitPost(_ node: FunctionDeclSyntax) { leave() }

    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        consider(
            name: "init" + Self.labels(node.signature.parameterClause.parameters), baseName: "init",
            at: Syntax(node.initKeyword), body: node.body?.statements,
            braces: (node.body?.leftBrace, node.body?.rightBrace),
            function: WrappedFunction(
                effects: (node.signature.effectSpecifiers?.throwsClause, nil), answersWithValue: false),
            result: nil, attributes: node.attributes, modifiers: node.modifiers)
        return .visitChildren
    }
    override func visitPost(_ node: InitializerDeclSyntax) { leave() }

    override func visit(_ node: DeinitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        consider(
            name: "deinit", baseName: "deinit", at: Syntax(node.deinitKeyword), body: node.body?.statements,
            braces: (node.body?.leftBrace, node.body?.rightBrace),
            function: WrappedFunction(hasResult: false, throwing: nil), result: nil, attributes: node.attributes,
            modifiers: node.modifiers)
        return .visitChildren
    }
    override func visitPost(_ node: DeinitializerDeclSyntax) { leave() }

    // Properties and subscripts: their accessors.

    override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
        let isInlined = Self.isInlined(node.attributes)
        let isPublic = Self.isPublic(node.modifiers)
        for binding in node.bindings {
            let name = binding.pattern.trimmedDescription
            scopes.append(Scope(name: name, isPublic: isPublic || (scopes.last?.isPublic ?? false),
                                isInlined: isInlined || (scopes.last?.isInlined ?? false)))
            if let block = binding.accessorBlock {
                accessors(
                    block, named: name, result: binding.typeAnnotation?.type, attributes: node.attributes,
                    modifiers: node.modifiers)
            }
            if let initializer = binding.initializer { walk(initializer) }
            leave()
        }
        return .skipChildren
    }

    override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
        let name = "subscript" + Self.labels(node.parameterClause.parameters)
        scopes.append(Scope(name: name, isInlined: Self.isInlined(node.attributes) || (scopes.last?.isInlined ?? false)))
        if let block = node.accessorBlock {
            accessors(
                block, named: name, result: node.returnClause.type, attributes: node.attributes,
                modifiers: node.modifiers)
        }
        leave()
        return .skipChildren
    }

    /// In the scope of the property.
    private func accessors(
        _ block: AccessorBlockSyntax, named name: String, result: TypeSyntax?, attributes: AttributeListSyntax,
        modifiers: DeclModifierListSyntax
    ) {
        if let items = block.accessors.as(CodeBlockItemListSyntax.self) {
            consider(
                name: nil, baseName: name, at: Syntax(block.leftBrace), body: items,
                braces: (block.leftBrace, block.rightBrace),
                function: WrappedFunction(hasResult: true, throwing: nil), result: result, attributes: attributes,
                modifiers: modifiers, isAccessor: true)
            walk(items)
            leave()
        } else if let list = block.accessors.as(AccessorDeclListSyntax.self) {
            for accessor in list {
                let kind = accessor.accessorSpecifier.text
                let isGetter = kind == "get"
                consider(
                    name: kind, baseName: name, at: Syntax(accessor.accessorSpecifier),
                    body: accessor.body?.statements, braces: (accessor.body?.leftBrace, accessor.body?.rightBrace),
                    function: WrappedFunction(
                        effects: (accessor.effectSpecifiers?.throwsClause, nil), answersWithValue: isGetter),
                    result: isGetter ? result : nil, attributes: attributes, own: accessor.attributes,
                    modifiers: modifiers, isAccessor: true,
                    isCoroutine: !["get", "set", "didSet", "willSet", "init"].contains(kind))
                if let body = accessor.body { walk(body) }
                leave()
            }
        }
    }

    // One of them.

    /// Notes a function, wraps it, and enters its scope.
    private func consider(
        name: String?, baseName: String, at place: Syntax, body: CodeBlockItemListSyntax?,
        braces: (left: TokenSyntax?, right: TokenSyntax?), function: WrappedFunction, result: TypeSyntax?,
        attributes: AttributeListSyntax, own: AttributeListSyntax = [], modifiers: DeclModifierListSyntax,
        isAccessor: Bool = false, isCoroutine: Bool = false
    ) {
        let path = scopes.map(\.name) + (name.map { [$0] } ?? [])
        let isInlined = Self.isInlined(attributes) || Self.isInlined(own) || (scopes.last?.isInlined ?? false)
        var found = FoundFunction(
            name: path.joined(separator: "."), module: module, baseName: baseName,
            line: place.startLocation(converter: converter).line, isAccessor: isAccessor,
            isPublic: Self.isPublic(modifiers) || (scopes.last?.isPublic ?? false), statements: body?.count ?? 0,
            calls: body.map(CallFinder.calls) ?? [])
        scopes.append(Scope(name: name ?? "", isInlined: isInlined))
        if name == nil { scopes[scopes.count - 1] = Scope(name: "get", isInlined: isInlined) }
        found.skipped =
            limit(body, result, attributes.names + own.names, baseName, isInlined: isInlined, isCoroutine: isCoroutine)
            ?? filter.reason(toSkip: found)
        if found.skipped == nil, let body, let left = braces.left, let right = braces.right {
            let wrapping = Wrapping(of: body, in: function, name: found.name)
            edits.insert(wrapping.opening, at: left.endPositionBeforeTrailingTrivia.utf8Offset)
            for expression in wrapping.implicitResults {
                edits.insert(" return ", at: expression.positionAfterSkippingLeadingTrivia.utf8Offset)
            }
            edits.insert(wrapping.closing, at: right.positionAfterSkippingLeadingTrivia.utf8Offset)
        }
        functions.append(found)
    }

    /// Why it cannot be wrapped.
    private func limit(
        _ body: CodeBlockItemListSyntax?, _ result: TypeSyntax?, _ attributes: [String], _ baseName: String,
        isInlined: Bool, isCoroutine: Bool
    ) -> SkipReason? {
        if hasErrors { return .syntaxErrors }
        guard let body else { return .noBody }
        if isCoroutine { return .coroutine }
        if isInlined { return .inlinable }
        if body.isEmpty { return .emptyBody }
        if result?.trimmedDescription == "Never" { return .neverReturns }
        if attributes.contains("Traced") { return .traced }
        if attributes.contains(where: { ["differentiable", "derivative", "transpose"].contains($0) }) {
            return .differentiable
        }
        if isBuilt(body, result, attributes, baseName) { return .resultBuilder }
        return nil
    }

    /// Whether a result builder makes the body's value: one is named, or it comes from a protocol's requirement.
    private func isBuilt(
        _ body: CodeBlockItemListSyntax, _ result: TypeSyntax?, _ attributes: [String], _ baseName: String
    ) -> Bool {
        let isNamed = attributes.contains { name in
            let last = name.split(separator: ".").last.map(String.init) ?? name
            let type = last.prefix { $0 != "<" }
            return knowledge.resultBuilders.contains(String(type)) || type.hasSuffix("Builder")
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

    private static func isInlined(_ attributes: AttributeListSyntax) -> Bool {
        let names: Set = [
            "inlinable", "_transparent", "_alwaysEmitIntoClient", "backDeployed", "_backDeploy", "export",
        ]
        return attributes.isAlwaysInlined || attributes.names.contains(where: names.contains)
    }

    private static func isPublic(_ modifiers: DeclModifierListSyntax) -> Bool {
        modifiers.contains { ["public", "open"].contains($0.name.text) && $0.detail == nil }
    }

    private static func labels(_ parameters: FunctionParameterListSyntax) -> String {
        "(" + parameters.map { "\($0.firstName.text):" }.joined() + ")"
    }
}

/// Finds what a body calls, by base name.
private final class CallFinder: SyntaxVisitor {
    private var names: Set<String> = []

    static func calls(in body: CodeBlockItemListSyntax) -> Set<String> {
        let finder = CallFinder(viewMode: .sourceAccurate)
        finder.walk(body)
        return finder.names
    }

    override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
        names.insert(node.baseName.text)
        return .visitChildren
    }
}
