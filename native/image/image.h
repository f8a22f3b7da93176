// Image files to pixels: JPEG, PNG and WebP through the system's libraries, told apart by their first bytes.
//
// Pixels go out as RGBX: rows from the top, four bytes a pixel of which the fourth means nothing, which suits the loops that read
// them. Grey becomes RGB; CMYK and YCCK are taken as Adobe writes them, inverted; alpha and palettes' transparency are dropped, not
// blended; of 16 bits the upper 8 are kept; gamma and colour profiles are ignored. All but the last two lines is what Pillow's
// convert("RGB") does with 8-bit files; 16-bit grey, which Pillow clips to white, goes by its upper 8 bits too.
#pragma once

#include <cstdint>

#include "common/status.h"

enum inc_image_format : int32_t { INC_IMAGE_JPEG = 1, INC_IMAGE_PNG = 2, INC_IMAGE_WEBP = 3 };

struct inc_image_header {
    int32_t format;
    int32_t height;       // as stored
    int32_t width;
    int32_t orientation;  // of a JPEG's EXIF, 1 to 8; 1 where there is none or it can't be read
};

enum inc_image_colour : int32_t {
    INC_COLOUR_GREY = 1,
    INC_COLOUR_RGB = 2,  // also YCbCr
    INC_COLOUR_PALETTE = 3,
    INC_COLOUR_CMYK = 4,
    INC_COLOUR_YCCK = 5,
};

// What is of interest to who looks through a dataset, beside the header.
struct inc_image_traits {
    int32_t colour;
    int32_t bits;         // a channel, or an index into the palette
    int32_t transparent;  // 1: alpha or a transparent colour
    int32_t scans;        // 1: a progressive JPEG, an interlaced PNG
};

// A rectangle of the picture at 1/denominator of its size, in pixels of that size.
struct inc_image_part {
    int32_t top;
    int32_t left;
    int32_t height;
    int32_t width;
};

// Reads what stands before the pixels. INC_CORRUPT: not an image of a known format, or a broken one.
INC_API int inc_image_read_header(const uint8_t* data, int64_t length, inc_image_header* header);

// As inc_image_read_header.
INC_API int inc_image_read_traits(const uint8_t* data, int64_t length, inc_image_traits* traits);

// Decodes the part of the picture that covers `window` (in full-size pixels, inside the picture). A JPEG is decoded at 1/denominator
// of its size (1, 2, 4 or 8; libjpeg's scaled transform) and the part reaches beyond the window, by at most 63 columns to each side; of PNG and
// WebP the whole picture comes, and the denominator must be 1. `pixels` holds `capacity` bytes: at least
// 4 * ceil(window.height / denominator + 1) * (ceil(window.width / denominator) + 128) for JPEG, 4 * height * width for others.
// Of a JPEG that ends behind the window's last row only the presence of its end is checked.
// INC_CORRUPT: cut off or damaged. What is in `pixels` then is undefined.
INC_API int inc_image_decode(const uint8_t* data, int64_t length, const inc_image_part* window, int32_t denominator, uint8_t* pixels,
                             int64_t capacity, inc_image_part* part);

// Writes a baseline JPEG with 4:2:0 chroma and optimised Huffman tables: the same bytes for the same pixels and library. `pixels` are
// RGB, three bytes each, rows from the top; `quality` is libjpeg's, 1 to 100. `file` holds `capacity` bytes: 3 * (height + 15) * (width + 15) + 4096
// always do. INC_INVALID_ARGUMENT: it is too small, or a number is out of range.
INC_API int inc_image_encode_jpeg(const uint8_t* pixels, int32_t height, int32_t width, int32_t quality, uint8_t* file, int64_t capacity,
                                  int64_t* length);

namespace inception {

// One format's half of the functions above. They throw StatusError.
void read_jpeg_header(const uint8_t* data, size_t length, inc_image_header* header);
void read_jpeg_traits(const uint8_t* data, size_t length, inc_image_traits* traits);
void decode_jpeg(const uint8_t* data, size_t length, const inc_image_part& window, int denominator, uint8_t* pixels, int64_t capacity,
                 inc_image_part* part);
void read_png_header(const uint8_t* data, size_t length, inc_image_header* header);
void read_png_traits(const uint8_t* data, size_t length, inc_image_traits* traits);
void decode_png(const uint8_t* data, size_t length, uint8_t* pixels, int64_t capacity, inc_image_part* part);
void read_webp_header(const uint8_t* data, size_t length, inc_image_header* header);
void read_webp_traits(const uint8_t* data, size_t length, inc_image_traits* traits);
void decode_webp(const uint8_t* data, size_t length, uint8_t* pixels, int64_t capacity, inc_image_part* part);

// The EXIF orientation of a JPEG; 1 where there is none that makes sense.
int jpeg_orientation(const uint8_t* data, size_t length) noexcept;

[[noreturn]] inline void corrupt(const char* message) { throw StatusError(INC_CORRUPT, message); }

inline void require_capacity(int64_t capacity, int64_t height, int64_t width) {
    if (capacity < 4 * height * width) throw StatusError(INC_INVALID_ARGUMENT, "the buffer is too small for the picture");
}

}  // namespace inception
