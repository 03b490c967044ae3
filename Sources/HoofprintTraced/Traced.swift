@_exported import Hoofprint

/// Puts a span around the body of a function, an initialiser or a deinitialiser: counts its calls and measures them.
///
/// ```swift
/// import HoofprintTraced
///
/// struct Store {
///     @Traced
///     func load(_ id: Int) async throws -> [UInt8] { try await read(id) }
///
///     @Traced("store.login", attributes: ["user"], redacting: ["password"])
///     func logIn(user: String, password: String) throws(LoginError) { … }
/// }
/// ```
///
/// The span has the function's own file and line; without a name it is called `Store.load(_:)`. The body stays at its lines
/// and columns for debuggers, crash reports and the compiler's messages. Only `#line` and `#column` written in the
/// body, and with them the lines of spans in it, are those of the function. An error that leaves the body marks the span as
/// failed and is thrown on, of the type that it has. The cost is that of `TraceSpan.beginSync(_:file:line:function:)`, of async
/// functions that of `begin(_:file:line:function:)`.
///
/// Async functions keep their isolation. In them a span is the parent of what runs in its own task; spans in child tasks
/// belong to the async span outside it, as with any token.
///
/// It cannot be on functions without a body, those that never return, those whose body is inlined into callers in other
/// modules (`@inlinable` …), whose statements a result builder takes, and not on accessors: the compiler then says
/// which it is.
///
/// - Parameters:
///   - name: The span's name, a literal.
///   - attributes: Names of parameters whose arguments, as they are at entry, become attributes of the span. Their types
///     conform to `SpanAttributeConvertible`, or are optionals of such. Like all attributes they are written in mode
///     `every` only, and only if the configuration lets their key through.
///   - redacting: Names of parameters of which the attribute says `(redacted)` in place of the argument. Wins over
///     `attributes`. The argument is not read.
@attached(body)
public macro Traced(_ name: StaticString? = nil, attributes: [StaticString] = [], redacting: [StaticString] = []) =
    #externalMacro(module: "TracedMacros", type: "TracedMacro")

/// Puts `@Traced` on every function and initialiser of a type or an extension that can have it.
///
/// ```swift
/// @TracedMembers(attributes: ["id"], redacting: ["token"])
/// actor Store {
///     func load(id: Int) -> [UInt8]? { … }
///     func store(_ bytes: [UInt8], id: Int, token: String) throws { … }
/// }
/// ```
///
/// Left as they are: accessors and deinitialisers, what `@Traced` is on already, empty bodies, and what
/// ``Traced(_:attributes:redacting:)`` cannot wrap. Extensions and nested types need the attribute themselves.
///
/// - Parameters:
///   - attributes: As for ``Traced(_:attributes:redacting:)``, on the members that have such a parameter; one at least has to.
///   - redacting: The same.
@attached(memberAttribute)
public macro TracedMembers(attributes: [StaticString] = [], redacting: [StaticString] = []) =
    #externalMacro(module: "TracedMacros", type: "TracedMembersMacro")
