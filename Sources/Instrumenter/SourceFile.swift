import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// A parsed source file.
public struct SourceFile {
    /// The text.
    public let bytes: [UInt8]
    private let module: String
    private let tree: SourceFileSyntax

    /// Parses a source of a module. Where it has errors, what `compiler` does not parse is left out.
    public init(_ bytes: [UInt8], module: String, compiler: CompilerVersion) {
        self.bytes = bytes
        self.module = module
        let whole = Self.parsed(bytes)
        let rest = whole.hasError ? UnparsedRegions.blanked(bytes, whole, compiler: compiler) : nil
        tree = rest.map(Self.parsed) ?? whole
    }

    private static func parsed(_ bytes: [UInt8]) -> SourceFileSyntax {
        bytes.withUnsafeBufferPointer { Parser.parse(source: $0) }
    }

    /// The names of its types with `@resultBuilder`.
    public var resultBuilders: Set<String> { BuilderFinder.names(in: tree) }

    /// Wraps what `filter` wants of what can be.
    ///
    /// - Parameter resultBuilders: The names of all types that are known to be result builders.
    public func instrumented(_ filter: FunctionFilter, resultBuilders: Set<String>) -> InstrumentedSource {
        let converter = SourceLocationConverter(fileName: "", tree: tree)
        let problems = ParseDiagnosticsGenerator.diagnostics(for: tree).filter { $0.diagMessage.severity == .error }
        let limits = WrappingLimits(resultBuilders: resultBuilders)
        let visitor = FunctionVisitor(module, converter, filter, limits, hasErrors: !problems.isEmpty)
        visitor.walk(tree)
        let errors = problems.map { problem in
            let place = problem.location(converter: converter)
            return "\(place.line):\(place.column): \(problem.message)"
        }
        return InstrumentedSource(functions: visitor.functions, edits: visitor.edits, errors: errors)
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
        _ module: String, _ converter: SourceLocationConverter, _ filter: FunctionFilter, _ limits: WrappingLimits,
        hasErrors: Bool
    ) {
        self.module = module
        self.converter = converter
        self.filter = filter
        self.limits = limits
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
        enter(node.extendedType.trimmedDescription, node.attributes, isPublic: node.modifiers.sayPublic)
    }
    override func visitPost(_ node: ExtensionDeclSyntax) { leave() }

    // Functions.

    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { enter(FunctionDeclaration(node)) }
    override func visitPost(_ node: FunctionDeclSyntax) { leave() }
    override func visit(_ node: InitializerDeclSyntax) -> SyntaxVisitorContinueKind { enter(FunctionDeclaration(node)) }
    override func visitPost(_ node: InitializerDeclSyntax) { leave() }
    override func visit(_ node: DeinitializerDeclSyntax) -> SyntaxVisitorContinueKind {
        enter(FunctionDeclaration(node))
    }
    override func visitPost(_ node: DeinitializerDeclSyntax) { leave() }

    // Properties and subscripts: their accessors.

    override func visit(_ node: VariableDeclSyntax) -> SyntaxVisitorContinueKind {
        for binding in node.bindings {
            let property = AccessedProperty(
                name: binding.pattern.trimmedDescription, type: binding.typeAnnotation?.type,
                attributes: node.attributes, modifiers: node.modifiers)
            enter(property, isPublic: node.modifiers.sayPublic || (scopes.last?.isPublic ?? false))
            if let block = binding.accessorBlock { accessors(block, of: property) }
            if let initializer = binding.initializer { walk(initializer) }
            leave()
        }
        return .skipChildren
    }

    override func visit(_ node: SubscriptDeclSyntax) -> SyntaxVisitorContinueKind {
        let property = AccessedProperty(
            name: "subscript" + node.parameterClause.parameters.labels, type: node.returnClause.type,
            attributes: node.attributes, modifiers: node.modifiers)
        enter(property, isPublic: false)
        if let block = node.accessorBlock { accessors(block, of: property) }
        leave()
        return .skipChildren
    }

    private func enter(_ property: AccessedProperty, isPublic: Bool) {
        let isInlined = property.attributes.areInlining || (scopes.last?.isInlined ?? false)
        scopes.append(Scope(name: property.name, isPublic: isPublic, isInlined: isInlined))
    }

    /// In the scope of the property.
    private func accessors(_ block: AccessorBlockSyntax, of property: AccessedProperty) {
        if let statements = block.accessors.as(CodeBlockItemListSyntax.self) {
            _ = enter(FunctionDeclaration(getter: block, statements, of: property))
            walk(statements)
            leave()
        } else if let list = block.accessors.as(AccessorDeclListSyntax.self) {
            for accessor in list {
                _ = enter(FunctionDeclaration(accessor, of: property))
                if let body = accessor.body { walk(body) }
                leave()
            }
        }
    }

    // One of them.

    /// Notes a function, wraps it, and enters its scope.
    private func enter(_ function: FunctionDeclaration) -> SyntaxVisitorContinueKind {
        let outer = scopes.last
        let path = scopes.map(\.name) + (function.isNamed ? [function.name] : [])
        let statements = function.body?.statements
        var found = FoundFunction(
            name: path.joined(separator: "."), module: module, baseName: function.baseName,
            line: function.place.startLocation(converter: converter).line, isAccessor: function.isAccessor,
            isPublic: function.isPublic || outer?.isPublic == true, statements: statements?.count ?? 0,
            calls: statements.map(CallFinder.calls) ?? [])
        let isInOneInlined = outer?.isInlined ?? false
        scopes.append(Scope(name: function.name, isInlined: isInOneInlined || function.attributes.areInlining))
        let isTraced = function.attributes.have("Traced") || (outer?.tracesMembers == true && !function.isAccessor)
        found.skipped =
            (hasErrors ? .syntaxErrors : nil) ?? limits.reason(toSkip: function, isInOneInlined: isInOneInlined)
            ?? (isTraced ? .traced : nil) ?? filter.reason(toSkip: found)
        if found.skipped == nil, let body = function.body {
            let wrapping = Wrapping(of: body.statements, in: function, name: found.name)
            edits.insert(wrapping.opening, at: body.leftBrace.endPositionBeforeTrailingTrivia.utf8Offset)
            for expression in wrapping.implicitResults {
                edits.insert(" return ", at: expression.positionAfterSkippingLeadingTrivia.utf8Offset)
            }
            edits.insert(wrapping.closing, at: body.rightBrace.positionAfterSkippingLeadingTrivia.utf8Offset)
        }
        functions.append(found)
        return .visitChildren
    }
}

/// Finds the types with `@resultBuilder`.
private final class BuilderFinder: SyntaxVisitor {
    private var names: Set<String> = []

    static func names(in tree: SourceFileSyntax) -> Set<String> {
        let finder = BuilderFinder(viewMode: .sourceAccurate)
        finder.walk(tree)
        return finder.names
    }

    private func note(_ attributes: AttributeListSyntax, _ name: TokenSyntax) -> SyntaxVisitorContinueKind {
        if attributes.names.contains("resultBuilder") { names.insert(name.text) }
        return .visitChildren
    }

    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { note(node.attributes, node.name) }
    override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { note(node.attributes, node.name) }
    override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { note(node.attributes, node.name) }
    override func visit(_ node: CodeBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
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
