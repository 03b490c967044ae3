// Where the records of a block of a log are, and how many lines it has, in one pass: what Swift's vectors cannot say without a
// move of their mask.
#ifndef C_LOG_SCAN_H
#define C_LOG_SCAN_H

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
enum { HP_LOG_PADDING = 64 };

/// Scans whole lines: the last byte is a line feed. Where a line holds the marker `~hp1 ` more than once, the last one counts.
/// Below 4 GiB; `capacity` at least 1.
hp_log_scanned hp_log_scan(
    int implementation, const uint8_t *_Nonnull bytes, size_t length, hp_log_place *_Nonnull places, size_t capacity);

#endif
