import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// What is known of a package's sources before any of them is wrapped.
public struct PackageKnowledge: Sendable {
    /// Names of types with `@resultBuilder`.
    public var resultBuilders: Set<String> = []

    /// Knows nothing.
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

/// A source file with its functions wrapped.
public struct InstrumentedSource {
    /// All functions in the file, in order.
    public let functions: [FoundFunction]
    /// What wraps those that are wrapped.
    public let edits: SourceEdits
    /// `line:column: message` of what is wrong with the source; then nothing is wrapped.
    public let errors: [String]

    /// Reads a source, and wraps what `filter` wants of what can be.
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
    private let limits: WrappingLimits
    private let hasErrors: Bool
    private(set) var functions: [FoundFunction] = []
    private(set) var edits = SourceEdits()

    private struct Scope {
        let name: String
        /// The access that members have which say nothing.
        var isPublic = false
        /// In a body that is inlined elsewhere.
        var isInlined = false
        /// A type with `@TracedMembers`.
        var tracesMembers = false
    }
    private var scopes: [Scope] = []

    init(
        _ module: String, _ converter: SourceLocationConverter, _ filter: FunctionFilter, _ knowledge: PackageKnowledge,
        hasErrors: Bool
    ) {
        self.module = module
        self.converter = converter
        self.filter = filter
        limits = WrappingLimits(resultBuilders: knowledge.resultBuilders)
        self.hasErrors = hasErrors
        super.init(viewMode: .sourceAccurate)
    }

    // Types.

    private func enter(
        _ name: String, _ attributes: AttributeListSyntax, isPublic: Bool = false
    ) -> SyntaxVisitorContinueKind {
        scopes.append(
            Scope(
                name: name, isPublic: isPublic, isInlined: scopes.last?.isInlined ?? false,
                tracesMembers: attributes.have("TracedMembers")))
        return .visitChildren
    }

    private func leave() { scopes.removeLast() }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name.text, node.attributes)
    }
    override func visitPost(_ node: StructDeclSyntax) { leave() }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name.text, node.attributes)
    }
    override func visitPost(_ node: ClassDeclSyntax) { leave() }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name.text, node.attributes)
    }
    override func visitPost(_ node: EnumDeclSyntax) { leave() }
    override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name.text, node.attributes)
    }
    override func visitPost(_ node: ActorDeclSyntax) { leave() }
    override func visit(_ node: ProtocolDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.name.text, node.attributes)
    }
    override func visitPost(_ node: ProtocolDeclSyntax) { leave() }
    override func visit(_ node: ExtensionDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(node.extendedType.trimmedDescription, node.attributes, isPublic: Self.isPublic(node.modifiers))
    }
    override func visitPost(_ node: ExtensionDeclSyntax) { leave() }

    // Functions.

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
        consider(
            name: node.labelledName, baseName: node.name.text, at: Syntax(node.name),
            body: node.body?.statements, braces: (node.body?.leftBrace, node.body?.rightBrace),
            function: WrappedFunction(
                effects: (node.signature.effectSpecifiers?.throwsClause, node.signature.returnClause?.type)),
            result: node.signature.returnClause?.type, attributes: node.attributes, modifiers: node.modifiers)
        return .visitChildren
    }
    override func visitPost(_ node: FunctionDeclSyntax) { leave() }

    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        consider(
            name: node.labelledName, baseName: "init",
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
        let isInlined = node.attributes.areInlining
        let isPublic = Self.isPublic(node.modifiers)
        for binding in node.bindings {
            let name = binding.pattern.trimmedDescription
            scopes.append(
                Scope(
                    name: name, isPublic: isPublic || (scopes.last?.isPublic ?? false),
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
        let name = "subscript" + node.parameterClause.parameters.labels
        scopes.append(Scope(name: name, isInlined: node.attributes.areInlining || (scopes.last?.isInlined ?? false)))
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
        let isInlined = attributes.areInlining || own.areInlining || (scopes.last?.isInlined ?? false)
        let isTraced = scopes.last?.tracesMembers ?? false
        var found = FoundFunction(
            name: path.joined(separator: "."), module: module, baseName: baseName,
            line: place.startLocation(converter: converter).line, isAccessor: isAccessor,
            isPublic: Self.isPublic(modifiers) || (scopes.last?.isPublic ?? false), statements: body?.count ?? 0,
            calls: body.map(CallFinder.calls) ?? [])
        scopes.append(Scope(name: name ?? "get", isInlined: isInlined))
        found.skipped =
            (hasErrors ? .syntaxErrors : nil)
            ?? limits.reason(
                toSkip: body, of: baseName, result: result, attributes: attributes.names + own.names,
                isInlined: isInlined, isCoroutine: isCoroutine)
            ?? (isTraced && !isAccessor ? .traced : nil) ?? filter.reason(toSkip: found)
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

    private static func isPublic(_ modifiers: DeclModifierListSyntax) -> Bool {
        modifiers.contains { ["public", "open"].contains($0.name.text) && $0.detail == nil }
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
