import SwiftSyntax

/// What is put into a function's body so that its time is recorded, without moving a line of it:
///
/// ```swift
/// func load(_ id: Int) throws -> Data { let …span = TraceSpan.beginSync("Store.load(_:)"); defer { …span.end() }; do {
///     return try read(id)
/// } catch { …span.fail(error); throw error } }
/// ```
///
/// A token and `defer` fit where a closure does not: `inout` and noncopyable parameters, opaque results, isolation and typed
/// throws stay as they are.
public struct Wrapping {
    /// Goes after the opening brace.
    public let opening: String
    /// Goes before the closing brace; may be empty.
    public let closing: String
    /// Expressions whose value the body answers with without saying `return`.
    public let implicitResults: [ExprSyntax]

    /// The name of the span in the body. It hides one of an outer function.
    public static let variable = "__hoofprintSpan"

    /// Makes the wrapping of a function's body.
    ///
    /// - Parameters:
    ///   - name: The span's name.
    ///   - attributes: Statements that set attributes of the span, each with `__hoofprintSpan` for it.
    ///   - type: What begins a span: by `begin` in a function that may suspend, else by `beginSync`.
    ///   - isBlock: Whether the body becomes one statement in any case.
    public init(
        of body: CodeBlockItemListSyntax, in function: FunctionDeclaration, name: String, attributes: [String] = [],
        type: String = "TraceSpan", isBlock: Bool = false
    ) {
        let span = Self.variable
        let begin = function.isAsync ? "begin" : "beginSync"
        var opening = " let \(span) = \(type).\(begin)(\"\(Self.escaped(name))\"); defer { \(span).end() };"
        for attribute in attributes { opening += " \(attribute);" }
        if let clause = function.throwing, ThrowFinder.throwsOut(of: body, isRethrowing: function.isRethrowing) {
            self.opening = opening + " do\(clause) {"
            closing = "} catch { \(span).fail(error); throw error } "
        } else {
            self.opening = opening + (isBlock ? " do {" : "")
            closing = isBlock ? "} " : ""
        }
        implicitResults = function.hasResult ? ImplicitResult.expressions(in: body) : []
    }

    /// A text as the content of a string literal.
    public static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\", "\"": result += "\\\(character)"
            case "\n", "\r\n", "\r": result += " "
            default: result.append(character)
            }
        }
    }
}

/// Finds whether an error leaves a body: a `catch` that nothing can reach would be warned of.
private final class ThrowFinder: SyntaxVisitor {
    private var found = false
    private var catches = false

    /// A function that `rethrows` may throw in a `catch` what its parameter threw, but not in one around that.
    static func throwsOut(of body: CodeBlockItemListSyntax, isRethrowing: Bool) -> Bool {
        let finder = ThrowFinder(viewMode: .sourceAccurate)
        finder.walk(body)
        return finder.found && !(isRethrowing && finder.catches)
    }

    override func visit(_ node: TryExprSyntax) -> SyntaxVisitorContinueKind {
        if node.questionOrExclamationMark == nil { found = true }
        return .visitChildren
    }

    override func visit(_ node: ThrowStmtSyntax) -> SyntaxVisitorContinueKind {
        found = true
        return .skipChildren
    }

    override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
        if node.tryKeyword != nil { found = true }
        return .visitChildren
    }

    override func visit(_ node: DoStmtSyntax) -> SyntaxVisitorContinueKind {
        if !node.catchClauses.isEmpty { catches = true }
        let catchesAll = node.catchClauses.contains { clause in
            clause.catchItems.isEmpty
                || clause.catchItems.contains { item in
                    guard item.whereClause == nil else { return false }
                    guard let binding = item.pattern?.as(ValueBindingPatternSyntax.self) else { return false }
                    return binding.pattern.is(IdentifierPatternSyntax.self)
                        || binding.pattern.as(ExpressionPatternSyntax.self)?.expression.is(DeclReferenceExprSyntax.self)
                            == true
                }
        }
        guard catchesAll else { return .visitChildren }
        for clause in node.catchClauses { walk(clause) }
        return .skipChildren
    }

    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: MemberBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}

/// Finds the expressions whose value a body answers with (SE-0255, SE-0380): one more statement in the body, and they have to
/// say `return`.
private enum ImplicitResult {
    static func expressions(in body: CodeBlockItemListSyntax) -> [ExprSyntax] {
        // A filtered collection is a tree of its own, whose places are others.
        let others = Array(body).filter { !$0.item.is(IfConfigDeclSyntax.self) }
        if others.isEmpty, body.count == 1, let conditional = body.first?.item.as(IfConfigDeclSyntax.self) {
            return conditional.clauses.flatMap { clause in
                clause.elements?.as(CodeBlockItemListSyntax.self).map(expressions) ?? []
            }
        }
        guard others.count == 1, let only = others.first, only == body.last, let expression = expression(of: only)
        else {
            return []
        }
        return [expression]
    }

    private static func expression(of item: CodeBlockItemSyntax) -> ExprSyntax? {
        if let expression = item.item.as(ExprSyntax.self) { return endsProgram(expression) ? nil : expression }
        guard let expression = item.item.as(ExpressionStmtSyntax.self)?.expression else { return nil }
        let isStatement = ReturnFinder.returns(in: expression) || !hasOnlyValues(expression)
        return isStatement ? nil : expression
    }

    /// Calls that do not come back have no value to return.
    private static func endsProgram(_ expression: ExprSyntax) -> Bool {
        guard let call = expression.as(FunctionCallExprSyntax.self) else { return false }
        let name =
            call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
            ?? call.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName.text
        return ["fatalError", "preconditionFailure", "abort", "exit", "_exit"].contains(name)
    }

    /// Whether each branch of an `if` or `switch` has one item, as it must to be an expression.
    private static func hasOnlyValues(_ expression: ExprSyntax) -> Bool {
        if let conditional = expression.as(IfExprSyntax.self) {
            guard isValue(conditional.body.statements) else { return false }
            guard let other = conditional.elseBody else { return false }
            if let block = other.as(CodeBlockSyntax.self) { return isValue(block.statements) }
            return other.as(IfExprSyntax.self).map { hasOnlyValues(ExprSyntax($0)) } ?? false
        }
        if let choice = expression.as(SwitchExprSyntax.self) {
            return choice.cases.allSatisfy { $0.as(SwitchCaseSyntax.self).map { isValue($0.statements) } ?? true }
        }
        return true
    }

    private static func isValue(_ items: CodeBlockItemListSyntax) -> Bool {
        guard items.count == 1, let item = items.first?.item else { return false }
        if item.is(ExprSyntax.self) || item.is(ThrowStmtSyntax.self) || item.is(FallThroughStmtSyntax.self) {
            return true
        }
        return item.as(ExpressionStmtSyntax.self).map { hasOnlyValues($0.expression) } ?? false
    }
}

/// Finds a `return` of the function itself.
private final class ReturnFinder: SyntaxVisitor {
    private var found = false

    static func returns(in node: some SyntaxProtocol) -> Bool {
        let finder = ReturnFinder(viewMode: .sourceAccurate)
        finder.walk(node)
        return finder.found
    }

    override func visit(_ node: ReturnStmtSyntax) -> SyntaxVisitorContinueKind {
        found = true
        return .skipChildren
    }

    override func visit(_ node: ClosureExprSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: AccessorBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
    override func visit(_ node: MemberBlockSyntax) -> SyntaxVisitorContinueKind { .skipChildren }
}
