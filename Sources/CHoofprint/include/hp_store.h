// The recorder's memory: one range of addresses, in a file beside the log where there is one. What a process that was
// killed had not written yet is read from the file.
//
// Invariants
// - All that the recorder allocates lies in the store, and nothing in it moves or is given back. Pointers in it lead into
//   it, but for those to the program's static texts, which are copied besides.
// - A store is read at the addresses it was written at.
// - A forked child has none of its parent's: it begins with an empty one of its own.
#pragma once
#include "hp_recorder.h"

enum { HP_OUTBOX_BYTES = 4096, HP_SESSION_BYTES = 2048 };

typedef struct hp_store hp_store;

/// A store's head.
typedef struct {
    uint64_t magic;
    uint32_t layout, pid;
    uint64_t size; // of the range of addresses
    uint64_t kept; // so much from the start on is the file's
    uint64_t used; // so much has been handed out
    void *address;
    // What the flush thread leaves for who reads the store of a killed process.
    uint64_t session, start_ticks, start_monotonic, next_line;
    uint64_t ticks_per_second, last_wall, last_monotonic, last_ticks; // of the last flush
    uint32_t session_length; // of the session's first record
    uint32_t outbox_length;  // of the lines that are on their way to the sinks
} hp_store_head;

hp_store_head *hp_head(hp_store *store);

/// Room for HP_SESSION_BYTES and HP_OUTBOX_BYTES.
uint8_t *hp_session_line(hp_store *store);
uint8_t *hp_outbox(hp_store *store);

/// What a ring file may be.
typedef enum {
    HP_STORE_READ = 0,
    HP_STORE_UNREADABLE, // errno says why
    HP_STORE_NO_STORE,   // no store, or cut short
    HP_STORE_OTHER_BUILD, // written by another version of this library
    HP_STORE_NO_ROOM     // its addresses are taken in this process
} hp_store_state;

/// Makes the process's store: `bytes` of addresses, and where `file` is no negative number in that file, which grows with
/// what is used. False: the system has no memory.
bool hp_open_store(uint64_t bytes, int file);

/// This process's store. Null before it is made.
hp_store *hp_own_store(void);

/// Reads the store of a process that is no more. Give it back with `hp_drop_store`.
hp_store_state hp_read_store(int file, hp_store **store);
void hp_drop_store(hp_store *store);

/// Takes the next number for a line of the store's session.
uint64_t hp_take_line_number(hp_store *store);

/// Whether the store's file was cut short by somebody, and with it what was recorded: nothing read from the store after that
/// may be written.
bool hp_store_is_lost(void);
