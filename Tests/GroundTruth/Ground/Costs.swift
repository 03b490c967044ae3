import Glibc

/// What functions spend their time with. `microseconds` is what a call takes on average: one takes 0.6 to 1.4 times that,
/// and one in 32 three times.
public enum Costs {
    /// Computes until the thread has been on a processor for so long.
    public static func spin(_ microseconds: Int, _ call: Int) {
        let began = Clock.cpu(), until = began + nanoseconds(microseconds, call)
        var now = began
        var value: UInt64 = 1
        while now < until {
            for _ in 0..<5000 { value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
            now = Clock.cpu()
        }
        Calls.add(cpu: now - began, to: call)
        keep(value)
    }

    /// Sleeps.
    public static func sleep(_ microseconds: Int, _ call: Int) {
        pause(nanoseconds(microseconds, call))
    }

    /// Waits for a mutex that another thread holds for so long.
    public static func lock(_ microseconds: Int, _ call: Int) {
        Lenders.take { $0.lend(nanoseconds(microseconds, call)) }
    }

    /// Writes to a file and syncs it, again and again for so long.
    public static func disk(_ microseconds: Int, _ call: Int) {
        let until = Clock.now() + nanoseconds(microseconds, call)
        ScratchFiles.take { file in
            repeat { file.rewrite() } while Clock.now() < until
        }
    }

    /// Waits for a peer on a socket who answers after so long.
    public static func network(_ microseconds: Int, _ call: Int) {
        Peers.take { $0.ask(nanoseconds(microseconds, call)) }
    }

    /// Suspends until a timer's thread resumes the continuation after so long.
    public static func await(_ microseconds: Int, _ call: Int) async {
        await AlarmClock.shared.suspend(nanoseconds(microseconds, call))
    }

    private static let factors: [Double] = {
        let plain = (0..<64).map { (kind: Int) -> Double in
            kind < 62 ? 0.6 + Double(kind * 37 % 62) * 0.013 : 3
        }
        let mean = plain.reduce(0, +) / Double(plain.count)
        return plain.map { $0 / mean }
    }()

    /// Has the compiler compute a value.
    @inline(never)
    private static func keep(_ value: UInt64) {}

    private static func nanoseconds(_ microseconds: Int, _ call: Int) -> UInt64 {
        UInt64(Double(microseconds) * 1000 * factors[Calls.kind(of: call)])
    }
}
