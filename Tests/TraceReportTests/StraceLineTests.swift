import Testing

@testable import TraceReport

/// Lines that strace 6.1 wrote, but for times and numbers; and some it did not.
@Suite("Lines of strace")
struct StraceLineTests {
    /// What a line is expected to say.
    struct Expected: Equatable, CustomTestStringConvertible {
        var line: String
        var thread: UInt64?
        var body: StraceLine.Body
        var name: String
        var target: String
        var kind: ThreadEvent.Kind
        var error: String
        var microseconds: UInt64?

        init(
            _ line: String, thread: UInt64? = 7, _ name: String, _ target: String, _ kind: ThreadEvent.Kind,
            error: String = "", took microseconds: UInt64?, is body: StraceLine.Body = .call
        ) {
            self.line = line
            self.thread = thread
            self.body = body
            self.name = name
            self.target = target
            self.kind = kind
            self.error = error
            self.microseconds = microseconds
        }

        var testDescription: String { line }
    }

    private static let wall = "1795678837.201536"

    @Test(
        "say who did what with what, how it ended and how long it took",
        arguments: [
            Expected("7 \(wall) fsync(3</srv/red.db>) = 0 <0.006559>", "fsync", "/srv/red.db", .disk, took: 6559),
            Expected(
                "7     \(wall) fsync(3</srv/a\\76b>) = -1 EIO (Input/output error) <1.000001>", "fsync", "/srv/a>b",
                .disk, error: "EIO", took: 1_000_001),
            Expected(
                "7 \(wall) fdatasync(3</srv/d x/p) = -1 EPERM (lie)>(deleted)) = 0 <0.003738>", "fdatasync",
                "/srv/d x/p) = -1 EPERM (lie) (deleted)", .disk, took: 3738),
            Expected(
                "7 \(wall) read(3</srv/ends-in->, \"\", 5) = 0 <0.000001>", "read", "/srv/ends-in-", .file, took: 1),
            Expected(
                "7 \(wall) write(3</srv/q\\\"uote>, \"x) = 9 <0.5>\\0\\377\\\"\\\\\"..., 50) = 50 <0.000037>", "write",
                "/srv/q\"uote", .file, took: 37),
            Expected(
                "7 \(wall) openat(AT_FDCWD</srv>, \"new\\nline\", O_WRONLY|O_CREAT, 0666) = 3</srv/new\\nline> <0.000102>",
                "openat", "/srv/new\nline", .file, took: 102),
            Expected(
                "7 \(wall) openat(AT_FDCWD</srv>, \"no\\33]0;x\", O_RDONLY) = -1 ENOENT (No such file or directory) <0.000012>",
                "openat", "no\u{1b}]0;x", .file, error: "ENOENT", took: 12),
            Expected(
                "7 \(wall) newfstatat(3</srv/uni\\342\\206\\222>, \"\", {st_mode=S_IFREG|0644, ...}, AT_EMPTY_PATH) = 0 <0.000025>",
                "newfstatat", "/srv/uni→", .file, took: 25),
            Expected(
                "7 \(wall) write(2</dev/null<char 1:3>>, \"x\", 1) = 1 <0.000005>", "write", "/dev/null", .file, took: 5
            ),
            Expected(
                "[pid     7] \(wall) read(3<pipe:[11]>, \"x\", 1) = 1 <0.100000>", "read", "pipe", .pipe, took: 100_000),
            Expected(
                "7<my thr\\76> \(wall) (+     0.000346) [  12] [00007f24c3a34c47] recvfrom(5<socket:[9]>, 0x7ffd, 1, 0, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set) <0.000009>",
                "recvfrom", "socket", .network, error: "ERESTARTSYS", took: 9),
            Expected(
                "7 \(wall) recvfrom(5<TCP:[127.0.0.1:33912->10.0.0.1:5432]>, \"hello\", 5, 0, NULL, NULL) = 5 <0.050000>",
                "recvfrom", "TCP 10.0.0.1:5432", .network, took: 50_000),
            Expected(
                "7 \(wall) sendto(4<TCPv6:[[::1]:8080->[fe80::2]:55555]>, \"x\", 1, 0, NULL, 0) = 1 <0.000085>",
                "sendto",
                "TCPv6 :8080 from [fe80::2]", .network, took: 85),
            Expected(
                "7 \(wall) read(9<UNIX-STREAM:[12->13,\"/run/s]>\\\"k\"]>, \"\", 1) = 0 <0.000001>", "read",
                "UNIX /run/s]>\"k",
                .network, took: 1),
            Expected(
                "7 \(wall) connect(5<TCP:[11]>, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 ECONNREFUSED (Connection refused) <0.000112>",
                "connect", "127.0.0.1:1", .network, error: "ECONNREFUSED", took: 112),
            Expected(
                "7 \(wall) connect(5<socket:[1]>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = 0 <0.000112>",
                "connect", "[::1]:80", .network, took: 112),
            Expected(
                "7 \(wall) connect(5<socket:[1]>, {sa_family=AF_UNIX, sun_path=@\"x\"}, 4) = 0 <0.000001>", "connect",
                "UNIX @x", .network, took: 1),
            Expected(
                "7 \(wall) poll([{fd=5</srv/x>, events=POLLIN}], 1, 100) = 0 (Timeout) <0.100100>", "poll", "/srv/x",
                .poll,
                took: 100_100),
            Expected(
                "7 \(wall) poll([{fd=5</srv/x>, events=POLLIN}, {fd=6</srv/y>, events=POLLIN}], 2, 100) = 1 ([{fd=5, revents=POLLIN}]) <0.000100>",
                "poll", "", .poll, took: 100),
            Expected(
                "7 \(wall) epoll_wait(4<anon_inode:[eventpoll]>, [], 8, 20) = 0 <0.020000>", "epoll_wait", "", .poll,
                took: 20_000),
            Expected(
                "7 \(wall) futex(0x7fe95a, FUTEX_LOCK_PI_PRIVATE, NULL) = 0 <0.070000>", "futex", "", .lock,
                took: 70_000),
            Expected(
                "7 \(wall) futex(0x7fe95a, FUTEX_WAIT_PRIVATE, 2, NULL) = 0 <0.070000>", "futex", "", .lock,
                took: 70_000),
            Expected(
                "7 \(wall) futex(0x7fe95a, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 2, NULL, FUTEX_BITSET_MATCH_ANY) = -1 EAGAIN (Resource temporarily unavailable) <0.000009>",
                "futex", "", .thread, error: "EAGAIN", took: 9),
            Expected(
                "7 \(wall) futex(0x7fe95a, FUTEX_WAKE_PRIVATE, 1) = 1 <0.000009>", "futex", "", .other, took: 9),
            Expected(
                "7 \(wall) fcntl(3</srv/x>, F_SETLKW, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=1}) = 0 <2.000000>",
                "fcntl", "/srv/x", .lock, took: 2_000_000),
            Expected(
                "7 \(wall) wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], WNOHANG, NULL) = 14116 <0.000027>",
                "wait4",
                "", .child, took: 27),
            Expected("7 \(wall) exit_group(0)   = ?", "exit_group", "", .other, took: nil),
            Expected("\(wall) brk(NULL)             = 0x563a <0.000007>", thread: nil, "brk", "", .memory, took: 7),
            Expected("7 \(wall) uncommon(1<<2, {a=1}) = 0 <0.000003>\r", "uncommon", "", .other, took: 3),
            Expected(
                "7 \(wall) read(3<pipe:[11]>,  <unfinished ...>", "read", "pipe", .pipe, took: nil, is: .unfinished),
            Expected(
                "\(wall) clone(child_stack=NULL, flags=SIGCHLDstrace: Process 14248 attached", thread: nil, "clone", "",
                .other, took: nil, is: .unfinished),
            Expected(
                "7 \(wall) <... read resumed>\"x\", 1) = 1 <0.100000>", "read", "", .other, took: 100_000, is: .resumed),
            Expected(
                "7 \(wall) <... epoll_wait resumed> <unfinished ...>) = ?", "epoll_wait", "", .poll, took: nil,
                is: .resumed),
        ])
    func parts(expected: Expected) {
        let found = Array(expected.line.utf8).withUnsafeBytes { bytes -> Expected in
            let line = StraceLine(bytes)
            #expect(line.stamp == .wall(1_795_678_837_201_536_000))
            let call = SystemCall(line)
            return Expected(
                expected.line, thread: line.thread, call.activity.name, call.activity.target, call.activity.kind,
                error: call.error, took: line.duration.map { $0 / 1_000 }, is: line.body)
        }
        #expect(found == expected)
    }

    @Test(
        "that are no calls are known as what they are",
        arguments: [
            ("7 1795678837.201536 +++ exited with 0 +++", StraceLine.Body.exit),
            ("7 1795678837.201536 --- SIGCHLD {si_signo=SIGCHLD, si_pid=5} ---", .note),
            ("strace: Process 5 attached with 3 threads", .note), (" <unfinished ...>", .note),
            ("7 1795678837.201536 fsync(3</srv/red.db", .unreadable), ("", .unreadable),
            ("hello world", .unreadable), ("7 1795678837.201536 fsync(3) = 0 <0.0", .call),
        ])
    func others(text: String, body: StraceLine.Body) {
        Array(text.utf8).withUnsafeBytes { #expect(StraceLine($0).body == body) }
    }

    @Test(
        "say in which form their times are",
        arguments: [
            ("7 1795678837.201536789 brk(NULL) = 0 <0.000000123>", StraceLine.Stamp.wall(1_795_678_837_201_536_789)),
            ("7 1795678837.201 brk(NULL) = 0", .coarse), ("1795678837 brk(NULL) = 0", .coarse),
            ("7 09:15:01 brk(NULL) = 0", .timeOfDay), ("09:15:01.123456 brk(NULL) = 0", .timeOfDay),
            ("     0.000012 brk(NULL) = 0", .relative), ("7      0.000012 brk(NULL) = 0", .relative),
            ("7 brk(NULL) = 0", .none), ("brk(NULL) = 0", .none),
        ])
    func stamps(text: String, stamp: StraceLine.Stamp) {
        Array(text.utf8).withUnsafeBytes {
            let line = StraceLine($0)
            #expect(line.stamp == stamp)
            #expect(line.body == .call)
        }
    }
}
