// JPEG through libjpeg-turbo's TurboJPEG interface. Decodes to 8-bit RGB, rows from the top without padding; grey images
// become RGB, CMYK ones are refused. EXIF orientation is ignored, as is common for training data.
#include <turbojpeg.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>

#include "common/status.h"

namespace {

struct Destroy {
    void operator()(tjhandle handle) const noexcept { tjDestroy(handle); }
};
using Decompressor = std::unique_ptr<std::remove_pointer_t<tjhandle>, Destroy>;

// A decompressor is costly to make and not for two threads at a time.
tjhandle decompressor() {
    thread_local Decompressor handle{tjInitDecompress()};
    if (!handle) throw inception::StatusError(INC_ERROR, tjGetErrorStr2(nullptr));
    return handle.get();
}

// Warnings count as failures: a picture whose second half is grey is no sample.
void check(tjhandle handle, int result) {
    if (result != 0) throw inception::StatusError(INC_ERROR, tjGetErrorStr2(handle));
}

void read_size(tjhandle handle, const uint8_t* data, int64_t length, int* height, int* width) {
    if (length <= 0 || static_cast<uint64_t>(length) > std::numeric_limits<unsigned long>::max())
        throw inception::StatusError(INC_ERROR, "the file is empty");
    int subsampling = 0;
    int colour_space = 0;
    check(handle, tjDecompressHeader3(handle, data, static_cast<unsigned long>(length), width, height, &subsampling, &colour_space));
    if (colour_space == TJCS_CMYK || colour_space == TJCS_YCCK)
        throw inception::StatusError(INC_ERROR, "the JPEG is CMYK; only grey and colour (YCbCr, RGB) ones can be read");
}

}  // namespace

// Height and width in pixels of the JPEG in `data`.
INC_API int inc_jpeg_size(const uint8_t* data, int64_t length, int* height, int* width) {
    return inception::guarded([&] { read_size(decompressor(), data, length, height, width); });
}

// Decodes into `pixels`, which holds `capacity` bytes and must be exactly height * width * 3.
INC_API int inc_jpeg_decode(const uint8_t* data, int64_t length, uint8_t* pixels, int64_t capacity) {
    return inception::guarded([&] {
        tjhandle handle = decompressor();
        int height = 0;
        int width = 0;
        read_size(handle, data, length, &height, &width);
        if (capacity != int64_t{3} * height * width)
            throw inception::StatusError(INC_INVALID_ARGUMENT, "the buffer does not have the picture's size");
        check(handle, tjDecompress2(handle, data, static_cast<unsigned long>(length), pixels, width, 0, height, TJPF_RGB,
                                    TJFLAG_ACCURATEDCT));
    });
}
