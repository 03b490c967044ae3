import CMeasure
import Logging

private let logger = Logger(label: "peer")

/// A line before and a line after. Not in `main.swift`, whose closures belong to the main actor.
func spans(_ count: Int) {
    for index in 0..<count {
        logger.info("begin", metadata: ["id": "\(index)"])
        measure_leaf()
        logger.info("end", metadata: ["id": "\(index)"])
    }
}
