#include "image/image.h"

#include <cstring>

namespace {

inc_image_format format_of(const uint8_t* data, size_t length) {
    static constexpr uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (length == 0) inception::corrupt("the file is empty");
    if (length >= 3 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF) return INC_IMAGE_JPEG;
    if (length >= sizeof png && std::memcmp(data, png, sizeof png) == 0) return INC_IMAGE_PNG;
    if (length >= 12 && std::memcmp(data, "RIFF", 4) == 0 && std::memcmp(data + 8, "WEBP", 4) == 0) return INC_IMAGE_WEBP;
    inception::corrupt("it begins neither as a JPEG nor as a PNG or WebP file");
}

size_t checked_length(const uint8_t* data, int64_t length) {
    if (length < 0 || (data == nullptr && length > 0)) throw inception::StatusError(INC_INVALID_ARGUMENT, "no data");
    return static_cast<size_t>(length);
}

}  // namespace

int inc_image_read_header(const uint8_t* data, int64_t length, inc_image_header* header) {
    return inception::guarded([&] {
        const size_t size = checked_length(data, length);
        switch (format_of(data, size)) {
            case INC_IMAGE_JPEG: return inception::read_jpeg_header(data, size, header);
            case INC_IMAGE_PNG: return inception::read_png_header(data, size, header);
            case INC_IMAGE_WEBP: return inception::read_webp_header(data, size, header);
        }
    });
}

int inc_image_read_traits(const uint8_t* data, int64_t length, inc_image_traits* traits) {
    return inception::guarded([&] {
        const size_t size = checked_length(data, length);
        switch (format_of(data, size)) {
            case INC_IMAGE_JPEG: return inception::read_jpeg_traits(data, size, traits);
            case INC_IMAGE_PNG: return inception::read_png_traits(data, size, traits);
            case INC_IMAGE_WEBP: return inception::read_webp_traits(data, size, traits);
        }
    });
}

int inc_image_decode(const uint8_t* data, int64_t length, const inc_image_part* window, int32_t denominator, uint8_t* pixels,
                     int64_t capacity, inc_image_part* part) {
    return inception::guarded([&] {
        const size_t size = checked_length(data, length);
        const auto format = format_of(data, size);
        if (window->top < 0 || window->left < 0 || window->height < 1 || window->width < 1)
            throw inception::StatusError(INC_INVALID_ARGUMENT, "the window is empty or outside the picture");
        const bool known = denominator == 1 || (format == INC_IMAGE_JPEG && (denominator == 2 || denominator == 4 || denominator == 8));
        if (!known) throw inception::StatusError(INC_INVALID_ARGUMENT, "no such denominator for this format");
        switch (format) {
            case INC_IMAGE_JPEG: return inception::decode_jpeg(data, size, *window, denominator, pixels, capacity, part);
            case INC_IMAGE_PNG: return inception::decode_png(data, size, pixels, capacity, part);
            case INC_IMAGE_WEBP: return inception::decode_webp(data, size, pixels, capacity, part);
        }
    });
}
