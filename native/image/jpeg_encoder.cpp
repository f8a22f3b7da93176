// JPEG through libjpeg-turbo's libjpeg interface, into memory of the caller's.
#include <cstddef>
#include <cstdio>
#include <csetjmp>

#include <jpeglib.h>

#include "image/image.h"

namespace inception {
namespace {

// As in jpeg.cpp: between setjmp and longjmp lies plain data only, and all of libjpeg's memory belongs to `compress`.
struct Writer {
    jpeg_compress_struct compress{};
    jpeg_error_mgr errors{};
    jpeg_destination_mgr destination{};
    std::jmp_buf failed;
    char message[JMSG_LENGTH_MAX];
    bool is_full = false;

    Writer(uint8_t* file, size_t capacity);
    ~Writer() { jpeg_destroy_compress(&compress); }
    Writer(const Writer&) = delete;
};

[[noreturn]] void fail(j_common_ptr common) {
    auto& writer = *static_cast<Writer*>(common->client_data);
    common->err->format_message(common, writer.message);
    std::longjmp(writer.failed, 1);
}

boolean refuse_more(j_compress_ptr compress) {
    auto& writer = *static_cast<Writer*>(compress->client_data);
    writer.is_full = true;
    std::longjmp(writer.failed, 1);
}

Writer::Writer(uint8_t* file, size_t capacity) {
    compress.err = jpeg_std_error(&errors);
    errors.error_exit = fail;
    errors.output_message = [](j_common_ptr) {};
    compress.client_data = this;
    if (setjmp(failed)) throw StatusError(INC_ERROR, message);
    jpeg_create_compress(&compress);
    compress.client_data = this;
    destination.next_output_byte = file;
    destination.free_in_buffer = capacity;
    destination.init_destination = [](j_compress_ptr) {};
    destination.empty_output_buffer = refuse_more;
    destination.term_destination = [](j_compress_ptr) {};
    compress.dest = &destination;
}

bool write(Writer& writer, const uint8_t* pixels, int height, int width, int quality) {
    if (setjmp(writer.failed)) return false;
    auto* compress = &writer.compress;
    compress->image_height = static_cast<JDIMENSION>(height);
    compress->image_width = static_cast<JDIMENSION>(width);
    compress->input_components = 3;
    compress->in_color_space = JCS_RGB;
    jpeg_set_defaults(compress);  // 4:2:0
    jpeg_set_quality(compress, quality, TRUE);
    compress->dct_method = JDCT_ISLOW;
    compress->optimize_coding = TRUE;
    jpeg_start_compress(compress, TRUE);
    const size_t stride = size_t{3} * compress->image_width;
    while (compress->next_scanline < compress->image_height) {
        // libjpeg reads rows only, but does not say so.
        JSAMPROW row = const_cast<uint8_t*>(pixels) + compress->next_scanline * stride;
        jpeg_write_scanlines(compress, &row, 1);
    }
    jpeg_finish_compress(compress);
    return true;
}

}  // namespace
}  // namespace inception

int inc_image_encode_jpeg(const uint8_t* pixels, int32_t height, int32_t width, int32_t quality, uint8_t* file, int64_t capacity,
                          int64_t* length) {
    return inception::guarded([&] {
        using inception::StatusError;
        if (height < 1 || width < 1 || height > JPEG_MAX_DIMENSION || width > JPEG_MAX_DIMENSION)
            throw StatusError(INC_INVALID_ARGUMENT, "a JPEG has 1 to 65500 rows and columns");
        if (quality < 1 || quality > 100) throw StatusError(INC_INVALID_ARGUMENT, "the quality goes from 1 to 100");
        if (capacity < 1) throw StatusError(INC_INVALID_ARGUMENT, "the buffer is too small for the file");
        inception::Writer writer(file, static_cast<size_t>(capacity));
        if (!inception::write(writer, pixels, height, width, quality)) {
            if (writer.is_full) throw StatusError(INC_INVALID_ARGUMENT, "the buffer is too small for the file");
            throw StatusError(INC_ERROR, writer.message);
        }
        *length = capacity - static_cast<int64_t>(writer.destination.free_in_buffer);
    });
}
