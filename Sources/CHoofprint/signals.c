#define _GNU_SOURCE
#include "hp_internal.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
static const int crashing[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
enum { ENDING = sizeof ending / sizeof *ending, CRASHING = sizeof crashing / sizeof *crashing };

static struct sigaction before_crash[CRASHING];
static int ending_signal;
static bool is_crash, is_flushed, are_watched;
static bool are_descriptors_set;
static int descriptors[HP_CRASH_DESCRIPTORS] = {-1, -1, -1, -1};
static struct {
    uint32_t length;
    uint8_t bytes[HP_CRASH_PREFIX_BYTES];
} prefixes[HP_CRASH_DESCRIPTORS];
static struct stat files[HP_CRASH_DESCRIPTORS];

int hp_ending_signal(void) { return __atomic_load_n(&ending_signal, __ATOMIC_ACQUIRE); }

void hp_set_crash_descriptor(uint32_t index, int descriptor) {
    if (index >= HP_CRASH_DESCRIPTORS) return;
    if (descriptor >= 0 && fstat(descriptor, &files[index])) descriptor = -1;
    __atomic_store_n(&descriptors[index], descriptor, __ATOMIC_RELEASE);
}

// The program may have closed the sink's number, and opened a file of its own.
static bool is_same_file(int index, int descriptor) {
    struct stat status;
    return !fstat(descriptor, &status) && status.st_dev == files[index].st_dev && status.st_ino == files[index].st_ino;
}

// A crash that comes in the midst of this has read the descriptor before it was taken out; its line may then have a prefix
// that is half old, half new, of one length: only the time in it ever changes.
bool hp_set_crash_prefix(uint32_t index, const uint8_t *bytes, size_t length) {
    if (index >= HP_CRASH_DESCRIPTORS || length > HP_CRASH_PREFIX_BYTES) return false;
    if (length) memcpy(prefixes[index].bytes, bytes, length);
    __atomic_store_n(&prefixes[index].length, (uint32_t)length, __ATOMIC_RELEASE);
    return true;
}

void hp_crash_descriptors_are_set(void) { __atomic_store_n(&are_descriptors_set, true, __ATOMIC_RELEASE); }

static void end_process(int signal) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal, &action, NULL);
    kill(getpid(), signal);
}

static void on_ending(int signal) {
    int error = errno;
    int none = 0;
    // The second one is from somebody who will not wait.
    if (hp_flush_runs() && __atomic_compare_exchange_n(&ending_signal, &none, signal, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        hp_wake_flush();
    else end_process(signal);
    errno = error;
}

void hp_end_by_signal(void) {
    if (__atomic_load_n(&is_crash, __ATOMIC_ACQUIRE)) __atomic_store_n(&is_flushed, true, __ATOMIC_RELEASE);
    else end_process(hp_ending_signal());
}

// Lines of the record format, made without anything that a signal handler must not call.
typedef struct {
    char bytes[4096];
    size_t length;
} line_buffer;

static void add_text(line_buffer *line, const char *text) {
    size_t length = strlen(text);
    if (line->length + length > sizeof line->bytes) return;
    memcpy(line->bytes + line->length, text, length);
    line->length += length;
}

static void add_digits(line_buffer *line, uint64_t value, unsigned base, unsigned least) {
    char digits[24];
    unsigned at = sizeof digits;
    digits[--at] = 0;
    unsigned count = 0;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (++count < least || value);
    add_text(line, digits + at);
}

static void add_number(line_buffer *line, const char *key, uint64_t value) {
    add_text(line, key);
    add_digits(line, value, 10, 1);
}

static void add_value(line_buffer *line, const char *key, const char *text, uint32_t length) {
    enum { LONGEST = 640 };
    add_text(line, key);
    size_t end = line->length + LONGEST;
    for (uint32_t index = 0; index < length && line->length + 3 <= end; index++) {
        unsigned char byte = (unsigned char)text[index];
        char plain[2] = {(char)byte, 0};
        if (byte > 0x20 && byte < 0x7f && !strchr("%\"\\<>&", byte)) {
            add_text(line, plain);
        } else {
            add_text(line, "%");
            add_digits(line, byte, 16, 2);
        }
    }
}

static uint64_t folded(uint64_t left, uint64_t right) {
    unsigned __int128 product = (unsigned __int128)left * right;
    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static void begin_line(line_buffer *line, const char *kind) {
    hp_store *store = hp_own_store();
    line->length = 0;
    add_text(line, "~hp1 ");
    add_text(line, kind);
    add_text(line, " ");
    add_digits(line, store->head.session, 16, 16);
    add_text(line, " ");
    add_digits(line, __atomic_fetch_add(&store->head.next_line, 1, __ATOMIC_RELAXED), 10, 1);
}

static void send_line(line_buffer *line, int index) {
    static int stalls[HP_CRASH_DESCRIPTORS];
    struct pollfd wanted = {.fd = __atomic_load_n(&descriptors[index], __ATOMIC_ACQUIRE), .events = POLLOUT};
    if (wanted.fd < 0 || !is_same_file(index, wanted.fd)) return;
    int ready = poll(&wanted, 1, 100);
    // A pipe or queue that is full stays so while its reader waits for us to end: after a second in all it is given up.
    if (!ready && ++stalls[index] == 10) hp_set_crash_descriptor((uint32_t)index, -1);
    if (ready != 1 || !(wanted.revents & POLLOUT)) return;
    ssize_t taken;
    uint32_t length = __atomic_load_n(&prefixes[index].length, __ATOMIC_ACQUIRE);
    if (length) {
        struct iovec parts[2] = {{prefixes[index].bytes, length}, {line->bytes, line->length}};
        struct msghdr datagram = {.msg_iov = parts, .msg_iovlen = 2};
        taken = sendmsg(wanted.fd, &datagram, MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
        taken = write(wanted.fd, line->bytes, line->length);
    }
    // A crash has nobody left to tell that a line was not taken.
    (void)taken;
}

static void end_line(line_buffer *line) {
    uint64_t state = hp_own_store()->head.session ^ 0x9E3779B97F4A7C15;
    for (size_t at = 0; at < line->length; at += 8) {
        uint64_t word = 0;
        memcpy(&word, line->bytes + at, line->length - at < 8 ? line->length - at : 8);
        state = folded(state ^ word, 0xD6E8FEB86659FD93);
    }
    state = folded(state ^ line->length, 0xA0761D6478BD642F);
    add_text(line, " c=");
    add_digits(line, (state ^ state >> 32) & 0xffffffff, 16, 8);
    add_text(line, "\n");
    for (int index = 0; index < HP_CRASH_DESCRIPTORS; index++) send_line(line, index);
}

static void write_names(line_buffer *line, const hp_path *path) {
    static uint8_t written[HP_MAX_PATHS];
    const hp_path *chain[HP_MAX_DEPTH];
    int depth = 0;
    for (; path && depth < HP_MAX_DEPTH && !written[path->id]; path = path->parent) chain[depth++] = path;
    while (depth--) {
        path = chain[depth];
        written[path->id] = 1;
        const hp_callsite *site = path->callsite;
        begin_line(line, "callsite");
        add_number(line, " id=", site->id);
        add_value(line, " name=", site->name, site->name_length);
        add_value(line, " function=", site->function, site->function_length);
        add_value(line, " file=", site->file, site->file_length);
        add_number(line, " line=", site->line);
        end_line(line);
        begin_line(line, "path");
        add_number(line, " id=", path->id);
        add_number(line, " parent=", path->parent ? path->parent->id : 0);
        add_number(line, " callsite=", site->id);
        add_text(line, path->is_async ? " form=async" : " form=sync");
        end_line(line);
    }
}

static uint64_t nanoseconds(uint64_t ticks) { return (uint64_t)(((unsigned __int128)ticks << 32) / hp_ticks_per_ns_q32); }

// Writes that the process crashed, and which spans were open then, on which threads.
static void write_crash(int signal) {
    enum { SPANS = 256 };
    static hp_open_span spans[SPANS];
    static line_buffer line;
    const hp_store *store = hp_own_store();
    begin_line(&line, "crash");
    add_number(&line, " signal=", (uint64_t)signal);
    add_number(&line, " thread=", (uint64_t)syscall(SYS_gettid));
    end_line(&line);
    uint64_t now = hp_ticks();
    size_t count = hp_open_spans_unlocked(store, UINT64_MAX, spans, SPANS);
    for (size_t index = 0; index < count; index++) {
        const hp_path *path = hp_path_at(store, spans[index].path);
        if (!path) continue;
        write_names(&line, path);
        uint64_t start = spans[index].start;
        begin_line(&line, "open");
        add_number(&line, " path=", path->id);
        add_number(&line, " request=", spans[index].request);
        add_number(&line, " thread=", spans[index].thread);
        add_number(&line, " start=", start > store->head.start_ticks ? nanoseconds(start - store->head.start_ticks) : 0);
        add_number(&line, " age=", now > start ? nanoseconds(now - start) : 0);
        end_line(&line);
    }
}

static void wait_until(const bool *is_done, int milliseconds) {
    const struct timespec nap = {.tv_nsec = 1000000};
    for (int naps = 0; naps < milliseconds && !__atomic_load_n(is_done, __ATOMIC_ACQUIRE); naps++) nanosleep(&nap, NULL);
}

static void on_crash(int signal, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    if (signal == SIGBUS && info->si_code == BUS_ADRERR && hp_mend_store(info->si_addr)) {
        errno = error;
        return;
    }
    for (int index = 0; index < CRASHING; index++)
        if (crashing[index] == signal) sigaction(signal, &before_crash[index], NULL);
    if (!__atomic_exchange_n(&is_crash, true, __ATOMIC_ACQ_REL)) {
        if (hp_flush_runs()) {
            // The sinks of a process that has just begun may not be open yet.
            if (!hp_is_flush_thread()) wait_until(&are_descriptors_set, 200);
            write_crash(signal);
        }
        __atomic_store_n(&ending_signal, signal, __ATOMIC_RELEASE);
        hp_wake_flush();
    }
    // The flush thread is most likely well. If not, the process has still said where it was.
    if (hp_flush_runs() && !hp_is_flush_thread()) wait_until(&is_flushed, 1000);
    errno = error;
    // A fault comes again when the handler returns, and meets the handler before; a signal that was sent does not.
    if (info->si_code <= 0) syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), signal);
}

void hp_leave_crashes(sigset_t *signals) {
    for (int index = 0; index < CRASHING; index++) sigdelset(signals, crashing[index]);
}

static bool is_unhandled(int signal) {
    struct sigaction present;
    return !sigaction(signal, NULL, &present) && !(present.sa_flags & SA_SIGINFO) && present.sa_handler == SIG_DFL;
}

static void watch_signals(bool also_handled) {
    for (int index = 0; index < ENDING; index++) {
        struct sigaction action = {.sa_handler = on_ending, .sa_flags = SA_RESTART | SA_ONSTACK};
        if (is_unhandled(ending[index])) sigaction(ending[index], &action, NULL);
    }
    for (int index = 0; index < CRASHING; index++) {
        struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
        if (also_handled || is_unhandled(crashing[index])) sigaction(crashing[index], &action, &before_crash[index]);
    }
    __atomic_store_n(&are_watched, true, __ATOMIC_RELEASE);
}

void hp_watch_signals(void) { watch_signals(true); }
void hp_watch_unhandled_signals(void) { watch_signals(false); }

bool hp_signals_are_watched(void) { return __atomic_load_n(&are_watched, __ATOMIC_ACQUIRE); }
