import Instrumenter
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

/// `@TracedMembers`: puts `@Traced` on the functions and initialisers of a type or extension that can be traced.
public enum TracedMembersMacro: MemberAttributeMacro {
    /// `@Traced` with those of the arguments that concern the member; nothing where it cannot be traced.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
        providingAttributesFor member: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [AttributeSyntax] {
        if declaration.is(ProtocolDeclSyntax.self) {
            throw TracedMessage.error(
                "@TracedMembers has nothing to trace in a protocol: its requirements have no bodies; put it on an extension",
                at: node)
        }
        guard let function = FunctionDeclaration(member), !member.is(DeinitializerDeclSyntax.self) else { return [] }
        let arguments = try TracedArguments(of: node)
        let functions = declaration.memberBlock.members.compactMap { FunctionDeclaration($0.decl) }
        // Once a type, not once a member.
        if functions.first?.name == function.name {
            let known = Set(functions.flatMap(\.parameterNames).map(\.plainText))
            try arguments.check(
                against: known.sorted(), at: node, owner: "no member of the type has", of: "the members")
        }
        guard !function.attributes.have("Traced"), function.limit(in: context.lexicalContext) == nil,
            let body = function.body, InnerAttributes.find(in: body.statements).isEmpty
        else { return [] }
        let own = Set(function.parameterNames.map(\.plainText))
        let lists = [("attributes", arguments.attributes), ("redacting", arguments.redacting)]
        let passed = lists.compactMap { label, names in
            let names = names.map(\.text).filter(own.contains).map { "\"\(Wrapping.escaped($0))\"" }
            return names.isEmpty ? nil : "\(label): [\(names.joined(separator: ", "))]"
        }
        let list = passed.isEmpty ? "" : "(\(passed.joined(separator: ", ")))"
        return ["@HoofprintTraced.Traced\(raw: list)"]
    }
}
