/// The colours of the form for eyes.
struct HumanStyle {
    let usesColor: Bool

    func heading(_ text: String) -> String { paint(text, "1") }
    func dim(_ text: String) -> String { paint(text, "2") }
    func changed(_ text: String, _ kind: Kind) -> String { paint(text, "1;4;" + kind.code) }

    /// What a line tells.
    enum Kind {
        case removed, added, replaced, moved

        fileprivate var code: String {
            switch self {
            case .removed: "31"
            case .added: "32"
            case .replaced: "33"
            case .moved: "36"
            }
        }
    }

    func paint(_ text: String, _ kind: Kind) -> String { paint(text, kind.code) }

    private func paint(_ text: String, _ code: String) -> String {
        usesColor && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
