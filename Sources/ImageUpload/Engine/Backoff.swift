/// How long is waited before another attempt: a random time up to a bound that doubles from attempt to attempt
/// ("full jitter"; Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
public struct Backoff: Sendable, Equatable {
    /// The bound before the second attempt, in milliseconds.
    public var firstMilliseconds = 250

    /// The highest bound, in milliseconds.
    public var highestMilliseconds = 30_000

    /// The longest that a server may ask to wait, in milliseconds; a picture that it wants later than that has failed.
    public var longestWaitMilliseconds = 600_000

    /// A quarter of a second, then twice as much each time, up to half a minute.
    public init() {}

    /// The bound after `failures` failed attempts, from 1 on.
    func bound(after failures: Int) -> Int {
        let doublings = min(max(0, failures - 1), 30)
        return min(highestMilliseconds, firstMilliseconds << doublings)
    }

    /// A random wait after `failures` failed attempts, after what the server asks for, all in milliseconds.
    func wait(after failures: Int, asked: Int = 0) -> Int { asked + Int.random(in: 0...bound(after: failures)) }
}
