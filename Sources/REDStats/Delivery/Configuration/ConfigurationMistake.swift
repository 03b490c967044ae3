/// What is wrong with a subscription's configuration.
package struct ConfigurationMistake: Error, Sendable, Equatable, CustomStringConvertible {
    /// The member; nil where it is not one's fault.
    package let member: String?
    /// What is wrong with it, and what would be right.
    package let detail: String

    init(_ member: String?, _ detail: String) {
        self.member = member
        self.detail = detail
    }

    /// The member, and what is wrong with it.
    package var description: String { "'configuration\(member.map { ".\($0)" } ?? "")': \(detail)" }
}
