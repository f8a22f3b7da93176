// PNG through libpng. The whole picture is read, and with it the check sums of every part.
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>

#include "image/image.h"

namespace inception {
namespace {

// libpng fails by longjmp, so what lies between is plain data; the destructor frees what libpng holds.
struct Reader {
    png_structp png = nullptr;
    png_infop info = nullptr;
    const uint8_t* data;
    size_t left;
    std::jmp_buf failed;
    char message[128] = "";

    Reader(const uint8_t* data, size_t length);
    ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
    Reader(const Reader&) = delete;
};

[[noreturn]] void fail(png_structp png, png_const_charp message) {
    auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
    std::snprintf(reader->message, sizeof reader->message, "%s", message);
    std::longjmp(reader->failed, 1);
}

void read(png_structp png, png_bytep target, size_t count) {
    auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
    if (count > reader->left) png_error(png, "the file is cut off");
    std::memcpy(target, reader->data, count);
    reader->data += count;
    reader->left -= count;
}

Reader::Reader(const uint8_t* data, size_t length) : data(data), left(length) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, [](png_structp, png_const_charp) {});
    if (png != nullptr) info = png_create_info_struct(png);
    if (info == nullptr) {
        png_destroy_read_struct(&png, &info, nullptr);
        throw StatusError(INC_ERROR, "libpng has no memory");
    }
    png_set_read_fn(png, this, read);
    // Sizes are refused by who asked for the header; text and profiles are of no interest.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
}

bool read_info(Reader& reader) {
    if (setjmp(reader.failed)) return false;
    png_read_info(reader.png, reader.info);
    return true;
}

bool read_pixels(Reader& reader, uint8_t* pixels, uint32_t height, uint32_t width) {
    if (setjmp(reader.failed)) return false;
    png_structp png = reader.png;
    png_set_strip_16(png);
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_gray_to_rgb(png);
    png_set_filler(png, 0xFF, PNG_FILLER_AFTER);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader.info);
    const size_t stride = size_t{4} * width;
    if (png_get_rowbytes(png, reader.info) != stride) png_error(png, "its rows have an unexpected length");
    for (int pass = 0; pass < passes; ++pass) {
        for (uint32_t row = 0; row < height; ++row) png_read_row(png, pixels + row * stride, nullptr);
    }
    png_read_end(png, nullptr);
    return true;
}

}  // namespace

void read_png_header(const uint8_t* data, size_t length, inc_image_header* header) {
    Reader reader(data, length);
    if (!read_info(reader)) corrupt(reader.message);
    *header = {INC_IMAGE_PNG, static_cast<int32_t>(png_get_image_height(reader.png, reader.info)),
               static_cast<int32_t>(png_get_image_width(reader.png, reader.info)), 1};
}

void read_png_traits(const uint8_t* data, size_t length, inc_image_traits* traits) {
    Reader reader(data, length);
    if (!read_info(reader)) corrupt(reader.message);
    const int type = png_get_color_type(reader.png, reader.info);
    const auto colour = type == PNG_COLOR_TYPE_PALETTE ? INC_COLOUR_PALETTE : (type & PNG_COLOR_MASK_COLOR) != 0 ? INC_COLOUR_RGB : INC_COLOUR_GREY;
    const bool transparent = (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(reader.png, reader.info, PNG_INFO_tRNS) != 0;
    const bool interlaced = png_get_interlace_type(reader.png, reader.info) != PNG_INTERLACE_NONE;
    *traits = {colour, png_get_bit_depth(reader.png, reader.info), transparent ? 1 : 0, interlaced ? 1 : 0};
}

void decode_png(const uint8_t* data, size_t length, uint8_t* pixels, int64_t capacity, inc_image_part* part) {
    Reader reader(data, length);
    if (!read_info(reader)) corrupt(reader.message);
    const uint32_t height = png_get_image_height(reader.png, reader.info);
    const uint32_t width = png_get_image_width(reader.png, reader.info);
    require_capacity(capacity, height, width);
    if (!read_pixels(reader, pixels, height, width)) corrupt(reader.message);
    *part = {0, 0, static_cast<int32_t>(height), static_cast<int32_t>(width)};
}

}  // namespace inception
