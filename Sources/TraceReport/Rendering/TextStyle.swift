/// How emphasis is shown: with colour on a terminal, or not at all.
struct TextStyle {
    let usesColor: Bool

    /// Emphasised: a heading, a function's name.
    func strong(_ text: String) -> String { styled(text, "1") }
    /// Secondary: places, notes.
    func dim(_ text: String) -> String { styled(text, "2") }
    /// Work to save: computing.
    func computing(_ text: String) -> String { styled(text, "1;33") }
    /// Time to save: waiting.
    func waiting(_ text: String) -> String { styled(text, "1;36") }
    /// A bar.
    func bar(_ text: String) -> String { styled(text, "34") }
    /// Something that makes the report less certain.
    func warning(_ text: String) -> String { styled(text, "31") }

    private func styled(_ text: String, _ code: String) -> String {
        usesColor && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
