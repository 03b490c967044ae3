// An HTTP server that takes what is sent and keeps nothing: what Benchmarks/upload/run uploads to.
//
//     sink [--hash FILE]
//
// Listens on a free port of 127.0.0.1, which it prints, and serves every connection on one thread with epoll. It reads every
// request in whole (RFC 9112, with Content-Length or chunked; pipelined or not) and answers POST and PUT with 201 and no
// body. On SIGTERM it prints how many such requests there were, and their bytes; with --hash it has written the SHA-256 of
// each body to FILE, a line each.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INPUT = 256 << 10, OUTPUT = 64 << 10 };
enum phase { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

struct connection {
    int fd;
    enum phase phase;
    char method[16];
    long long remaining, length;
    EVP_MD_CTX *hash;
    size_t held;    // bytes in input
    size_t waiting; // bytes in output
    char output[OUTPUT];
    char input[INPUT + 1];
};

static unsigned long long requests, bytes;
static FILE *digests;
static volatile sig_atomic_t is_over;

static void on_term(int signal) {
    (void)signal;
    is_over = 1;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int answer(struct connection *c, const char *status) {
    int count = snprintf(c->output + c->waiting, OUTPUT - c->waiting, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", status);
    if (count < 0 || (size_t)count >= OUTPUT - c->waiting) return -1;
    c->waiting += (size_t)count;
    return 0;
}

static int flush_output(struct connection *c) {
    size_t done = 0;
    while (done < c->waiting) {
        ssize_t count = send(c->fd, c->output + done, c->waiting - done, MSG_NOSIGNAL);
        // A client that does not read its answers is not served any more: the peers all do.
        if (count <= 0) return -1;
        done += (size_t)count;
    }
    c->waiting = 0;
    return 0;
}

static void begin_body(struct connection *c) {
    c->length = 0;
    if (!digests) return;
    if (!c->hash) c->hash = EVP_MD_CTX_new();
    EVP_DigestInit_ex(c->hash, EVP_sha256(), NULL);
}

static void take(struct connection *c, const char *part, size_t count) {
    c->length += (long long)count;
    if (digests) EVP_DigestUpdate(c->hash, part, count);
}

static int finish(struct connection *c) {
    c->phase = HEAD;
    if (strcmp(c->method, "POST") && strcmp(c->method, "PUT")) return answer(c, "405 Method Not Allowed");
    requests++;
    bytes += (unsigned long long)c->length;
    if (digests) {
        unsigned char digest[32];
        EVP_DigestFinal_ex(c->hash, digest, NULL);
        for (int i = 0; i < 32; i++) fprintf(digests, "%02x", digest[i]);
        fputc('\n', digests);
    }
    return answer(c, "201 Created");
}

static int read_head(struct connection *c, char *head, char *end) {
    char *space = memchr(head, ' ', (size_t)(end - head));
    if (!space || space - head >= (long)sizeof c->method) return -1;
    memcpy(c->method, head, (size_t)(space - head));
    c->method[space - head] = 0;
    c->remaining = 0;
    int is_chunked = 0;
    for (char *line = memchr(head, '\n', (size_t)(end - head)); line && line + 1 < end;
         line = memchr(line, '\n', (size_t)(end - line))) {
        line++;
        if (!strncasecmp(line, "content-length:", 15)) {
            c->remaining = strtoll(line + 15, NULL, 10);
            if (c->remaining < 0) return -1;
        }
        if (!strncasecmp(line, "transfer-encoding: chunked", 26)) is_chunked = 1;
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        if (!strncasecmp(line, "expect: 100-continue", 20) && send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL) < 0) return -1;
    }
    begin_body(c);
    c->phase = is_chunked ? CHUNK_SIZE : BODY;
    return 0;
}

// Takes what can be taken of `count` bytes; returns how many, or -1.
static long consume(struct connection *c, char *start, size_t count) {
    char *at = start, *end = start + count;
    for (;;) {
        if (c->phase == BODY || c->phase == CHUNK) {
            size_t part = (long long)(end - at) < c->remaining ? (size_t)(end - at) : (size_t)c->remaining;
            take(c, at, part);
            at += part;
            c->remaining -= (long long)part;
            if (c->remaining) return at - start;
            if (c->phase == CHUNK) c->phase = CHUNK_END;
            else if (finish(c)) return -1;
            continue;
        }
        if (at == end) return at - start;
        if (c->phase == HEAD) {
            char *blank = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
            if (!blank) return at - start;
            if (read_head(c, at, blank + 2)) return -1;
            at = blank + 4;
            continue;
        }
        char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
        if (!line_end) return at - start;
        if (c->phase == CHUNK_SIZE) {
            c->remaining = strtoll(at, NULL, 16);
            c->phase = c->remaining ? CHUNK : TRAILER;
        } else if (c->phase == CHUNK_END) {
            c->phase = CHUNK_SIZE;
        } else if (line_end == at && finish(c)) {
            return -1;
        }
        at = line_end + 2;
    }
}

static int serve(struct connection *c) {
    // One read for each time it is ready: the others have their turn.
    ssize_t count = recv(c->fd, c->input + c->held, INPUT - c->held, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (count == 0) return -1;
    c->held += (size_t)count;
    c->input[c->held] = 0;
    long used = consume(c, c->input, c->held);
    if (used < 0 || (used == 0 && c->held == INPUT)) return -1;
    c->held -= (size_t)used;
    if (used) memmove(c->input, c->input + used, c->held);
    return flush_output(c);
}

int main(int count, char **arguments) {
    if (count == 3 && !strcmp(arguments[1], "--hash")) {
        digests = fopen(arguments[2], "w");
        if (!digests) die(arguments[2]);
    }
    struct sigaction action = {.sa_handler = on_term};
    sigaction(SIGTERM, &action, NULL);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1024)) die("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length)) die("getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int loop = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[64];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    while (!is_over) {
        int events = epoll_wait(loop, ready, 64, -1);
        for (int i = 0; i < events; i++) {
            struct connection *c = ready[i].data.ptr;
            if (c) {
                if (serve(c)) {
                    close(c->fd);
                    if (c->hash) EVP_MD_CTX_free(c->hash);
                    free(c);
                }
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0) continue;
            int one = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            c = malloc(sizeof *c);
            if (!c) die("malloc");
            c->fd = fd;
            c->phase = HEAD;
            c->hash = NULL;
            c->held = c->waiting = 0;
            event.data.ptr = c;
            epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
        }
    }
    if (digests) fclose(digests);
    printf("%llu requests, %llu bytes\n", requests, bytes);
    return 0;
}
