// Where the records of a block of a log are, and how many lines it has, in one pass: what Swift's vectors cannot say without a
// move of their mask.
#ifndef C_LOG_SCAN_H
#define C_LOG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A record in a block: from its marker to before the line feed.
typedef struct {
    uint32_t start, end;
} hp_log_place;

/// What was found in a block.
typedef struct {
    /// How many bytes were looked at: all, or those up to the line that filled `places`.
    size_t scanned;
    /// How many of `places` were written.
    size_t count;
    /// How many line feeds there are in these bytes.
    size_t lines;
} hp_log_scanned;

/// Ways to scan, for tests; `hp_log_scan_best` tells the fastest that this processor has.
enum { HP_LOG_PLAIN = 0, HP_LOG_AVX2 = 1, HP_LOG_AVX512 = 2 };

int hp_log_scan_best(void);

/// Bytes that must be readable after a block.
enum { HP_LOG_PADDING = 192 };

/// Scans whole lines: the last byte is a line feed. Where a line holds the marker `~hp1 ` more than once, the last one counts.
/// Below 4 GiB; `capacity` at least 1.
hp_log_scanned hp_log_scan(
    int implementation, const uint8_t *_Nonnull bytes, size_t length, hp_log_place *_Nonnull places, size_t capacity);

/// What a `span` record says that is added up. Durations are in nanoseconds.
typedef struct {
    uint64_t sequence, path, took, self, cpu;
    /// Its marker.
    const uint8_t *_Nonnull start;
    /// How many bytes its checksum covers: those before ` c=`.
    size_t covered;
} hp_log_span;

/// Whether this processor has what `hp_log_read_spans` needs.
bool hp_log_reads_spans(void);

/// Reads records from the first of `places` on, as long as each is a plain `span` record of one session: the fields of the format
/// and no other, in order, with a sequence number and a path of at most 8 digits and other numbers of at most 16, within 155
/// bytes and followed by what may end a line. Returns how many.
///
/// - `header`: what stands between the marker and the sequence number, `span `, the session's 16 digits and a space, in the
///   first 22 of 32 bytes.
/// - 192 bytes from each record's start must be readable.
size_t hp_log_read_spans(
    const uint8_t *_Nonnull bytes, const hp_log_place *_Nonnull places, size_t count, const uint8_t *_Nonnull header,
    hp_log_span *_Nonnull spans);

#endif
