import Hoofprint

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Forty requests, of which number 7 waits long in one place and 11 and 23 fail.
func requests() async {
    for number in 0..<40 {
        do {
            try await span("request") {
                span("parse") { spin(100) }
                async let first: Void = query(number)
                async let second: Void = query(number)
                _ = await (first, second)
                if number == 7 { span("stall") { _ = usleep(30_000) } }
                if number == 11 || number == 23 { try span("refuse") { throw Refused() } }
            }
        } catch {
            continue
        }
    }
}

private func query(_ number: Int) async {
    await span("query") {
        span("rows") { for _ in 0..<3 { span("row") { spin(50) } } }
        await Task.yield()
        span("close") { spin(50) }
    }
}

/// Requests that are sync spans without a parent, four tasks at once.
func syncRequests() async {
    await withTaskGroup { group in
        for number in 0..<4 { group.addTask { jobs(number) } }
    }
}

private func jobs(_ number: Int) {
    for round in 0..<20 {
        span("job") {
            span("step") { spin(100) }
            if number == 2, round == 5 { span("stall") { _ = usleep(20_000) } }
            span("step") { span("part") { spin(10) } }
        }
    }
}

/// A request whose tree is larger than what a thread remembers.
func largeRequest() {
    span("large") { for _ in 0..<10_000 { span("part") {} } }
}

/// Two spans that hang while the flush thread goes on, one sync and one async, beside many that do not.
func hung() async {
    async let waiting: Void = span("waiting") { await sleepAsync(milliseconds: 600) }
    span("stuck") {
        span("lock") { for _ in 0..<60 { span("short") { _ = usleep(10_000) } } }
    }
    await waiting
}

private func sleepAsync(milliseconds: Int) async {
    do {
        try await Task.sleep(for: .milliseconds(milliseconds))
    } catch {
        print("woken early: \(error)")
    }
}
