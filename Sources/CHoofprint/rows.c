// Where in a function the unwind rule changes: the rows of its unwind table (LSB, "Exception Frames"; DWARF 5, 6.4). What the
// rule of a row is, libunwind is asked. What is not as compilers write it has no rows, and is asked address by address.
#define _GNU_SOURCE
#include "hp_unwind.h"
#include <string.h>

enum { RELATIVE_4_BYTES = 0x1b, TABLE_BYTES = 1 << 16 };

typedef struct {
    uint64_t at, end;
    bool is_broken;
} reader;

static uint64_t take_bytes(reader *reader, size_t size) {
    uint64_t value = 0;
    if (reader->end - reader->at < size || !hp_read_code(reader->at, &value, size)) {
        reader->is_broken = true;
        return 0;
    }
    reader->at += size;
    return value;
}

// LEB128, signed or not: as many bits as are there.
static uint64_t take_number(reader *reader) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint64_t byte = take_bytes(reader, 1);
        value |= (byte & 0x7f) << shift;
        if (!(byte & 0x80)) return value;
    }
    reader->is_broken = true;
    return 0;
}

static void skip(reader *reader, uint64_t size) {
    if (reader->end - reader->at < size) reader->is_broken = true;
    else reader->at += size;
}

// What follows a length of four bytes.
static reader entry_at(uint64_t address) {
    reader head = {address, address + 4, false};
    uint64_t length = take_bytes(&head, 4);
    return (reader){address + 4, address + 4 + length, head.is_broken || !length || length > TABLE_BYTES};
}

// The part that entries have in common. False: code is not found by it as compilers write it.
static bool read_common(uint64_t address, uint64_t *code_unit) {
    reader common = entry_at(address);
    if (take_bytes(&common, 4)) return false;
    uint64_t version = take_bytes(&common, 1);
    char letters[8] = "";
    for (size_t index = 0; index < sizeof letters && !common.is_broken; index++)
        if (!(letters[index] = (char)take_bytes(&common, 1))) break;
    bool has_sizes = letters[0] == 'z' && !letters[sizeof letters - 1];
    // A handler's return ('S') has rules of its own.
    if (common.is_broken || (version != 1 && version != 3) || !has_sizes || strchr(letters, 'S')) return false;
    *code_unit = take_number(&common);
    take_number(&common);
    if (version == 1) take_bytes(&common, 1);
    else take_number(&common);
    take_number(&common);
    for (const char *letter = letters + 1; *letter; letter++) {
        uint64_t encoding = take_bytes(&common, 1);
        if (*letter == 'R') return !common.is_broken && encoding == RELATIVE_4_BYTES;
        // The personality routine's address.
        if (*letter == 'P') skip(&common, (encoding & 7) == 3 ? 4 : 8);
        else if (*letter != 'L') return false;
    }
    return false;
}

// Steps over an instruction. Answers by how many units of code the next row is further on; 0: it is in the same row.
static uint64_t take_instruction(reader *reader) {
    enum { ADVANCE = 1, OFFSET, RESTORE };
    uint64_t operation = take_bytes(reader, 1);
    switch (operation >> 6) {
    case ADVANCE: return operation & 0x3f;
    case OFFSET: take_number(reader); return 0;
    case RESTORE: return 0;
    }
    switch (operation) {
    case 0x02: return take_bytes(reader, 1); // DW_CFA_advance_loc1, 2, 4
    case 0x03: return take_bytes(reader, 2);
    case 0x04: return take_bytes(reader, 4);
    case 0x00: case 0x0a: case 0x0b: case 0x2d: // nop, remember_state, restore_state, GNU_window_save
        return 0;
    case 0x05: case 0x09: case 0x0c: case 0x11: case 0x12: case 0x14: case 0x15: case 0x2f: // two numbers
        take_number(reader);
        take_number(reader);
        return 0;
    case 0x06: case 0x07: case 0x08: case 0x0d: case 0x0e: case 0x13: case 0x2e: // one
        take_number(reader);
        return 0;
    case 0x0f: skip(reader, take_number(reader)); return 0; // an expression
    case 0x10: case 0x16:                                   // one of a register
        take_number(reader);
        skip(reader, take_number(reader));
        return 0;
    default: reader->is_broken = true; return 0;
    }
}

// The function's entry: the last in the sorted table of .eh_frame_hdr that begins at or before the address. 0: none.
static uint64_t find_entry(const hp_module *module, uint64_t pc) {
    uint64_t table, count;
    if (!hp_find_frame_table(module, &table, &count)) return 0;
    struct {
        int32_t start, entry; // from the header on
    } found;
    uint64_t low = 0, high = count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (!hp_read_code(table + middle * sizeof found, &found, sizeof found)) return 0;
        if (module->frame_header + (uint64_t)(int64_t)found.start <= pc) low = middle + 1;
        else high = middle;
    }
    if (!low || !hp_read_code(table + (low - 1) * sizeof found, &found, sizeof found)) return 0;
    return module->frame_header + (uint64_t)(int64_t)found.entry;
}

size_t hp_find_rows(const hp_module *module, uint64_t pc, uint64_t starts[HP_MOST_ROWS + 1]) {
    uint64_t address = find_entry(module, pc);
    if (!address) return 0;
    reader entry = entry_at(address);
    uint64_t back = take_bytes(&entry, 4), code_unit;
    if (entry.is_broken || !read_common(address + 4 - back, &code_unit)) return 0;
    uint64_t start = entry.at + (uint64_t)(int64_t)(int32_t)take_bytes(&entry, 4);
    uint64_t end = start + take_bytes(&entry, 4);
    skip(&entry, take_number(&entry));
    if (entry.is_broken || pc < start || pc >= end || end > module->text_end) return 0;
    size_t count = 0;
    starts[count++] = start;
    while (entry.at < entry.end) {
        uint64_t units = take_instruction(&entry);
        if (!units) {
            if (entry.is_broken) return 0;
            continue;
        }
        uint64_t next = starts[count - 1] + units * code_unit;
        if (next <= starts[count - 1] || next >= end || count == HP_MOST_ROWS) return 0;
        starts[count++] = next;
    }
    starts[count] = end;
    return count;
}
