import CMeasure
import Hoofprint

/// Spans under a span. Not in `main.swift`, whose closures belong to the main actor.
func spans(_ count: Int) {
    span("root") { for _ in 0..<count { span("peer") { measure_leaf() } } }
}
