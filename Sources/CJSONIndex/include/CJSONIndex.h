#ifndef HP_JSON_INDEX_H
#define HP_JSON_INDEX_H

#include <stddef.h>
#include <stdint.h>

/// What is known between two pieces of a text; all zero before the first.
typedef struct {
    /// 1: the next byte is escaped by a backslash.
    uint64_t is_escaped;
    /// All bits set: the next byte is in a string.
    uint64_t in_string;
    /// 1: the byte before belongs to a number, to a literal or to nothing that JSON has.
    uint64_t after_scalar;
    /// The last three bytes, where one of them is no ASCII character; else 0.
    uint32_t tail;
    /// What is wrong in the piece that was indexed last: HP_JSON_CONTROL_CHARACTER, HP_JSON_BAD_UTF8.
    uint32_t problems;
} hp_json_index_state;

enum {
    /// A string holds a byte under 0x20.
    HP_JSON_CONTROL_CHARACTER = 1,
    /// The text is not UTF-8. Where the first byte of a character ends a piece, this may be found with the next piece only.
    HP_JSON_BAD_UTF8 = 2,
};

/// The implementations there may be.
enum { HP_JSON_PLAIN, HP_JSON_AVX2, HP_JSON_AVX512, HP_JSON_NEON };

/// The quickest that this processor has.
int hp_json_index_best(void);

/// Finds where tokens are in a piece of a text (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019): the offsets
/// of `{ } [ ] : ,` outside of strings, of the quotes around strings, of the backslashes in them that escape something, and of
/// the first bytes of whatever else there is.
///
/// - length: of the piece; a multiple of 64 but for the last piece. Nothing behind it is read.
/// - first: the offset of its first byte.
/// - places: where to write them in order; room for `length` and 64 more.
///
/// Answers with their number. About 0.25 ns a byte with AVX2.
size_t hp_json_index(
    int implementation, hp_json_index_state *state, const uint8_t *piece, size_t length, uint32_t first, uint32_t *places);

/// The first place where bytes stand in a text, as memmem(3), which Swift does not see; null: nowhere.
const uint8_t *hp_json_find(const uint8_t *text, size_t length, const uint8_t *bytes, size_t count);

#endif
