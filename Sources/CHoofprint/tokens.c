#include "hp_internal.h"
#include <string.h>

// Tokens opened in tasks. A token's begin and end are two calls, between which the task may suspend; what its
// children are is remembered by task, not by thread. Bounded: beyond it a token has no children, and says nothing false.
enum { TOKENS = 1024, TOKEN_LISTS = 64 };
typedef struct token {
    const void *task;
    hp_context under, context;
    struct token *next;
} token;
static hp_lock *const tokens_lock = &hp_locks[HP_TOKENS_LOCK];
static token token_pool[TOKENS];
static token *free_tokens;
static uint32_t tokens_made, open_tokens;
static token *tokens_of[TOKEN_LISTS];

static token **list_of(const void *task) { return &tokens_of[((uintptr_t)task >> 5 ^ (uintptr_t)task >> 12) % TOKEN_LISTS]; }

static bool same_context(const hp_context *left, const hp_context *right) {
    return left->span == right->span && left->generation == right->generation;
}

void hp_forget_tokens(void) {
    memset(tokens_of, 0, sizeof tokens_of);
    free_tokens = NULL;
    tokens_made = open_tokens = 0;
}

uint32_t hp_token_count(void) { return __atomic_load_n(&open_tokens, __ATOMIC_RELAXED); }

bool hp_token_push(const void *task, const hp_context *under, const hp_context *context) {
    hp_lock_take(tokens_lock);
    token *entry = free_tokens;
    if (entry) free_tokens = entry->next;
    else if (tokens_made < TOKENS) entry = &token_pool[tokens_made++];
    if (entry) {
        token **list = list_of(task);
        *entry = (token){.task = task, .under = *under, .context = *context, .next = *list};
        *list = entry;
        __atomic_fetch_add(&open_tokens, 1, __ATOMIC_RELAXED);
    }
    hp_lock_release(tokens_lock);
    return entry != NULL;
}

void hp_token_remove(const hp_context *context) {
    hp_lock_take(tokens_lock);
    for (int list = 0; list < TOKEN_LISTS; list++)
        for (token **link = &tokens_of[list]; *link; link = &(*link)->next) {
            token *entry = *link;
            if (!same_context(&entry->context, context)) continue;
            *link = entry->next;
            entry->next = free_tokens;
            free_tokens = entry;
            __atomic_fetch_sub(&open_tokens, 1, __ATOMIC_RELAXED);
            hp_lock_release(tokens_lock);
            return;
        }
    hp_lock_release(tokens_lock);
}

// Newest first: tokens nest, so the newest one under the task-local context, or under a token under it, is inner.
static void resolve(const void *task, hp_context *context) {
    for (token *entry = *list_of(task); entry; entry = entry->next) {
        if (entry->task != task || !same_context(&entry->under, context)) continue;
        *context = entry->context;
        break;
    }
}

void hp_token_resolve(const void *task, hp_context *context) {
    if (!task) return;
    hp_lock_take(tokens_lock);
    resolve(task, context);
    hp_lock_release(tokens_lock);
}

void hp_token_resolve_at_once(const void *task, hp_context *context) {
    // What a handler interrupted may hold the lock.
    if (!hp_token_count() || __atomic_exchange_n(tokens_lock, 1, __ATOMIC_ACQUIRE)) return;
    resolve(task, context);
    hp_lock_release(tokens_lock);
}
