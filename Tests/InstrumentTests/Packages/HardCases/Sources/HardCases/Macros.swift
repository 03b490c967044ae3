import Foundation
import Observation

@Observable
final class Watched {
    var count = 0
    var noted = 1 {
        didSet { count += oldValue }
    }
    func raise() -> Int {
        noted += 1
        return count
    }
}

enum Depth {
    @TaskLocal static var depth = 0
    static func deeper() -> Int { $depth.withValue(depth + 1) { depth } }
}

func large(of values: [Int]) throws -> [Int] {
    try values.filter(#Predicate { $0 > 1 })
}
