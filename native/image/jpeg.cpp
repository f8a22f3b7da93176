// JPEG through libjpeg-turbo's libjpeg interface, which can leave out what lies beside, above and below a window.
#include <cstddef>
#include <cstdio>
#include <csetjmp>

#include <jpeglib.h>
#include <jerror.h>

#include <algorithm>
#include <memory>

#include "image/image.h"

namespace inception {
namespace {

constexpr int MaximumScans = 200;  // A picture needs a dozen; thousands are an attack on the decoder's time.
constexpr int RowsAtOnce = 16;

// libjpeg reports a fatal error by a function that must not return. What is between setjmp and longjmp here holds no C++ object
// with a destructor, and all of libjpeg's memory belongs to `decompress`, which jpeg_abort_decompress and
// jpeg_destroy_decompress free.
struct Reader {
    jpeg_decompress_struct decompress{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf failed;
    char message[JMSG_LENGTH_MAX];

    Reader();
    ~Reader() { jpeg_destroy_decompress(&decompress); }
    Reader(const Reader&) = delete;
};

Reader& reader_of(j_common_ptr common) {
    return *static_cast<Reader*>(common->client_data);
}

[[noreturn]] void fail(j_common_ptr common) {
    auto& reader = reader_of(common);
    common->err->format_message(common, reader.message);
    std::longjmp(reader.failed, 1);
}

// Warnings that leave the whole picture readable. Every other one means that some of it was made up.
bool is_harmless(int code) {
    switch (code) {
        case JWRN_ADOBE_XFORM:
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_JFIF_MAJOR:
        case JWRN_NOT_SEQUENTIAL:
        case JWRN_TOO_MUCH_DATA:
            return true;
        default:
            return false;
    }
}

void warn(j_common_ptr common, int level) {
    if (level < 0 && !is_harmless(common->err->msg_code)) fail(common);
}

void limit_scans(j_common_ptr common) {
    if (reinterpret_cast<j_decompress_ptr>(common)->input_scan_number <= MaximumScans) return;
    std::snprintf(reader_of(common).message, JMSG_LENGTH_MAX, "more than %d scans", MaximumScans);
    std::longjmp(reader_of(common).failed, 1);
}

Reader::Reader() {
    decompress.err = jpeg_std_error(&errors);
    errors.error_exit = fail;
    errors.emit_message = warn;
    errors.output_message = [](j_common_ptr) {};
    progress.progress_monitor = limit_scans;
    decompress.client_data = this;
    if (setjmp(failed)) throw StatusError(INC_ERROR, message);
    jpeg_create_decompress(&decompress);
    decompress.client_data = this;
    decompress.progress = &progress;
}

// A decompressor is costly to make and not for two threads at a time.
Reader& reader() {
    thread_local std::unique_ptr<Reader> instance;
    if (!instance) instance = std::make_unique<Reader>();
    return *instance;
}

// Leaves the reader ready for the next picture however this one ended.
struct Aborting {
    Reader& reader;
    ~Aborting() { jpeg_abort_decompress(&reader.decompress); }
};

// The functions below return false when libjpeg failed; the message is in the reader. They hold only plain data.

bool read_header(Reader& reader, const uint8_t* data, size_t length) {
    if (setjmp(reader.failed)) return false;
    jpeg_mem_src(&reader.decompress, data, length);
    jpeg_read_header(&reader.decompress, TRUE);
    return true;
}

bool start(Reader& reader, int denominator) {
    if (setjmp(reader.failed)) return false;
    auto* decompress = &reader.decompress;
    const bool inks = decompress->jpeg_color_space == JCS_CMYK || decompress->jpeg_color_space == JCS_YCCK;
    decompress->out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBX;
    decompress->scale_num = 1;
    decompress->scale_denom = static_cast<unsigned>(denominator);
    decompress->dct_method = JDCT_ISLOW;
    decompress->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(decompress);
    return true;
}

// Widens the part's columns to whole blocks, as libjpeg needs them.
bool crop_columns(Reader& reader, inc_image_part* part) {
    if (setjmp(reader.failed)) return false;
    auto* decompress = &reader.decompress;
    JDIMENSION left = static_cast<JDIMENSION>(part->left);
    JDIMENSION width = static_cast<JDIMENSION>(part->width);
    if (width < decompress->output_width) jpeg_crop_scanline(decompress, &left, &width);
    part->left = static_cast<int32_t>(left);
    part->width = static_cast<int32_t>(width);
    return true;
}

bool read_rows(Reader& reader, uint8_t* pixels, const inc_image_part* part) {
    if (setjmp(reader.failed)) return false;
    auto* decompress = &reader.decompress;
    if (part->top > 0) jpeg_skip_scanlines(decompress, static_cast<JDIMENSION>(part->top));
    const size_t stride = size_t{4} * decompress->output_width;
    JDIMENSION done = 0;
    while (done < static_cast<JDIMENSION>(part->height)) {
        JSAMPROW rows[RowsAtOnce];
        const JDIMENSION count = std::min<JDIMENSION>(RowsAtOnce, static_cast<JDIMENSION>(part->height) - done);
        for (JDIMENSION row = 0; row < count; ++row) rows[row] = pixels + (done + row) * stride;
        done += jpeg_read_scanlines(decompress, rows, count);
    }

    if (decompress->output_scanline == decompress->output_height) jpeg_finish_decompress(decompress);
    return true;
}

// Whether the stream that has been read only in part has an end. In the coded data 0xFF is always followed by 0 or a restart marker.
bool has_end(jpeg_decompress_struct& decompress) {
    if (decompress.unread_marker == JPEG_EOI || jpeg_input_complete(&decompress)) return true;
    const uint8_t* data = decompress.src->next_input_byte;
    for (size_t at = decompress.src->bytes_in_buffer; at >= 2; --at) {
        if (data[at - 2] == 0xFF && data[at - 1] == JPEG_EOI) return true;
    }
    return false;
}

// As Pillow: Adobe's inks are inverted, whoever wrote the file.
void inks_to_rgb(uint8_t* pixels, size_t count) {
    for (size_t i = 0; i < count; ++i, pixels += 4) {
        const unsigned white = pixels[3];
        for (int channel = 0; channel < 3; ++channel) {
            const unsigned product = (255u - pixels[channel]) * white + 128;
            pixels[channel] = static_cast<uint8_t>(white - ((product + (product >> 8)) >> 8));
        }
    }
}

inc_image_colour colour_of(const jpeg_decompress_struct& decompress) {
    switch (decompress.jpeg_color_space) {
        case JCS_GRAYSCALE: return INC_COLOUR_GREY;
        case JCS_CMYK: return INC_COLOUR_CMYK;
        case JCS_YCCK: return INC_COLOUR_YCCK;
        default: return INC_COLOUR_RGB;
    }
}

int ceiling(int value, int divisor) { return (value + divisor - 1) / divisor; }

}  // namespace

void read_jpeg_header(const uint8_t* data, size_t length, inc_image_header* header) {
    Reader& own = reader();
    Aborting aborting{own};
    if (!read_header(own, data, length)) corrupt(own.message);
    *header = {INC_IMAGE_JPEG, static_cast<int32_t>(own.decompress.image_height), static_cast<int32_t>(own.decompress.image_width),
               jpeg_orientation(data, length)};
}

void read_jpeg_traits(const uint8_t* data, size_t length, inc_image_traits* traits) {
    Reader& own = reader();
    Aborting aborting{own};
    if (!read_header(own, data, length)) corrupt(own.message);
    *traits = {colour_of(own.decompress), own.decompress.data_precision, 0, own.decompress.progressive_mode ? 1 : 0};
}

void decode_jpeg(const uint8_t* data, size_t length, const inc_image_part& window, int denominator, uint8_t* pixels, int64_t capacity,
                 inc_image_part* part) {
    Reader& own = reader();
    Aborting aborting{own};
    if (!read_header(own, data, length) || !start(own, denominator)) corrupt(own.message);
    auto& decompress = own.decompress;
    const int height = static_cast<int>(decompress.output_height);
    const int width = static_cast<int>(decompress.output_width);

    // The smooth upsampling of colour looks at neighbours, which a cropped row lacks at its ends: one block more on each side.
    const int block = decompress.max_h_samp_factor * decompress.min_DCT_scaled_size;
    const int left = std::max(0, window.left / denominator - block);
    const int right = std::min(width, ceiling(window.left + window.width, denominator) + block);
    const int top = window.top / denominator;
    const int bottom = std::min(height, ceiling(window.top + window.height, denominator));
    if (top >= bottom || left >= right) throw StatusError(INC_INVALID_ARGUMENT, "the window is outside the picture");

    *part = {top, left, bottom - top, right - left};
    if (!crop_columns(own, part)) corrupt(own.message);
    require_capacity(capacity, part->height, part->width);
    if (!read_rows(own, pixels, part)) corrupt(own.message);
    if (decompress.output_scanline < decompress.output_height && !has_end(decompress)) corrupt("the file is cut off");
    if (decompress.out_color_space == JCS_CMYK) inks_to_rgb(pixels, static_cast<size_t>(part->height) * static_cast<size_t>(part->width));
}

}  // namespace inception
