// What the recorder asks its process for: its build id, threads of the recorder's own, the texts of errors.
#define _GNU_SOURCE
#include "hp_internal.h"
#include <link.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

bool hp_has_foreign_rights(void) { return getauxval(AT_SECURE) != 0; }

typedef struct {
    char *digits;
    size_t capacity, length;
} build_id;

// The first object that dl_iterate_phdr names is the program itself (dl_iterate_phdr(3)).
static int find_build_id(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    build_id *found = context;
    found->length = hp_object_build_id(object, found->digits, found->capacity);
    return 1;
}

size_t hp_build_id(char *digits, size_t capacity) {
    build_id found = {digits, capacity, 0};
    dl_iterate_phdr(find_build_id, &found);
    return found.length;
}

typedef struct {
    void (*begin)(void);
    void (*body)(void *);
    void *context;
} thread_start;

// The numbers of our own threads; 0: a free place. A thread beyond them is taken for one of the program's.
enum { OWN_THREADS = 16 };
static uint32_t own_threads[OWN_THREADS];

static void change_own_thread(uint32_t from, uint32_t to) {
    for (int index = 0; index < OWN_THREADS; index++) {
        uint32_t expected = from;
        if (__atomic_compare_exchange_n(&own_threads[index], &expected, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
    }
}

bool hp_is_own_thread(uint32_t number) {
    for (int index = 0; index < OWN_THREADS; index++)
        if (__atomic_load_n(&own_threads[index], __ATOMIC_RELAXED) == number) return true;
    return false;
}

void hp_forget_own_threads(void) { memset(own_threads, 0, sizeof own_threads); }

static void *thread_main(void *argument) {
    thread_start start = *(thread_start *)argument;
    free(argument);
    change_own_thread(0, hp_thread_number());
    start.begin();
    start.body(start.context);
    change_own_thread(hp_thread_number(), 0);
    return NULL;
}

static bool start_thread(thread_start what) {
    thread_start *start = malloc(sizeof *start);
    if (!start) return false;
    *start = what;
    sigset_t all, previous;
    sigfillset(&all);
    hp_leave_crashes(&all);
    // A new thread inherits its maker's mask, so no signal can reach it before it blocks them itself.
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t thread;
    int status = pthread_create(&thread, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (status) free(start);
    else pthread_detach(thread);
    return status == 0;
}

bool hp_start_flush_thread(void (*body)(void *), void *context) {
    hp_set_flush_runs(true);
    bool has_started = start_thread((thread_start){hp_flush_began, body, context});
    if (!has_started) hp_set_flush_runs(false);
    return has_started;
}

bool hp_start_sampler_thread(void (*body)(void *), void *context) {
    return start_thread((thread_start){hp_work_began, body, context});
}

size_t hp_error_text(int code, void *text, size_t capacity) {
    // GNU's strerror_r may answer with a string of its own; strerror_l is the same everywhere, and thread-safe.
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const char *reason = locale ? strerror_l(code, locale) : "unknown error";
    size_t length = strlen(reason);
    if (length > capacity) length = capacity;
    memcpy(text, reason, length);
    if (locale) freelocale(locale);
    return length;
}
