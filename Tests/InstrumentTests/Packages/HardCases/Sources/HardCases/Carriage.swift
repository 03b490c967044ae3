// swift-format-ignore-file: its lines end as on Windows.
func carriage(
    _ value: Int
) -> Int {
    // a comment
    value + 1
}
