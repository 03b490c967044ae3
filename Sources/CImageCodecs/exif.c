#include "codec.h"

static unsigned number(const uint8_t *bytes, int count, bool is_little) {
    unsigned value = 0;
    for (int index = 0; index < count; index++)
        value |= (unsigned)bytes[index] << 8 * (is_little ? index : count - 1 - index);
    return value;
}

int ic_exif_orientation(const uint8_t *bytes, size_t count) {
    enum { ORIENTATION = 0x112, SHORT = 3 };
    if (count < 8 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return 1;
    bool is_little = bytes[0] == 'I';
    size_t directory = number(bytes + 4, 4, is_little);
    if (directory > count || count - directory < 2) return 1;
    size_t entries = number(bytes + directory, 2, is_little);
    for (size_t index = 0, place = directory + 2; index < entries && count - place >= 12; index++, place += 12) {
        if (number(bytes + place, 2, is_little) != ORIENTATION) continue;
        unsigned value = number(bytes + place + 8, 2, is_little);
        return number(bytes + place + 2, 2, is_little) == SHORT && value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
