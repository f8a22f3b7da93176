// The one EXIF tag that changes a picture's look: its orientation. Anything odd means that there is none.
#include <cstring>

#include "image/image.h"

namespace inception {
namespace {

constexpr uint16_t OrientationTag = 0x0112;
constexpr size_t EntryLength = 12;

struct Tiff {
    const uint8_t* data;
    size_t length;
    bool big;

    bool holds(size_t at, size_t count) const { return at <= length && count <= length - at; }
    uint16_t word(size_t at) const {
        return static_cast<uint16_t>(big ? data[at] << 8 | data[at + 1] : data[at + 1] << 8 | data[at]);
    }
    uint32_t long_word(size_t at) const {
        const uint32_t first = word(at);
        const uint32_t second = word(at + 2);
        return big ? first << 16 | second : second << 16 | first;
    }
};

int orientation_in(const uint8_t* data, size_t length) {
    if (length < 8) return 1;
    const bool big = data[0] == 'M' && data[1] == 'M';
    if (!big && !(data[0] == 'I' && data[1] == 'I')) return 1;
    const Tiff tiff{data, length, big};
    const size_t directory = tiff.long_word(4);
    if (tiff.word(2) != 42 || !tiff.holds(directory, 2)) return 1;
    const size_t entries = tiff.word(directory);
    for (size_t i = 0; i < entries; ++i) {
        const size_t entry = directory + 2 + i * EntryLength;
        if (!tiff.holds(entry, EntryLength)) return 1;
        if (tiff.word(entry) != OrientationTag) continue;
        const int value = tiff.word(entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

}  // namespace

int jpeg_orientation(const uint8_t* data, size_t length) noexcept {
    static constexpr char exif[] = {'E', 'x', 'i', 'f', 0, 0};
    size_t at = 2;
    while (length - at >= 4 && data[at] == 0xFF) {
        const uint8_t marker = data[at + 1];
        if (marker == 0xDA || marker == 0xD9) return 1;
        const size_t segment = static_cast<size_t>(data[at + 2]) << 8 | data[at + 3];
        if (segment < 2 || segment > length - at - 2) return 1;
        if (marker == 0xE1 && segment >= 2 + sizeof exif && std::memcmp(data + at + 4, exif, sizeof exif) == 0)
            return orientation_in(data + at + 4 + sizeof exif, segment - 2 - sizeof exif);
        at += 2 + segment;
    }
    return 1;
}

}  // namespace inception
