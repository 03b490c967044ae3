func carriage(
  _ value: Int
) -> Int {
  // a comment
  value + 1
}
