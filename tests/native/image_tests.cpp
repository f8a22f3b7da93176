#include "image/image.h"

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "testing.h"

namespace {

using Bytes = std::vector<uint8_t>;

constexpr int Height = 61;
constexpr int Width = 83;
// The address sanitizer's run (test.sh --all) is the one that looks for trouble.
#ifdef __SANITIZE_ADDRESS__
constexpr int Mutations = 20000;
#else
constexpr int Mutations = 300;
#endif

// splitmix64
struct Random {
    uint64_t state;
    uint64_t next() {
        uint64_t value = state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
    size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
};

Bytes picture(int channels) {
    Bytes pixels(static_cast<size_t>(Height) * Width * static_cast<size_t>(channels));
    Random random{7};
    for (int y = 0; y < Height; ++y) {
        for (int x = 0; x < Width; ++x) {
            for (int c = 0; c < channels; ++c)
                pixels[static_cast<size_t>((y * Width + x) * channels + c)] = static_cast<uint8_t>(x * 3 + y * (c + 1) + static_cast<int>(random.below(24)));
        }
    }
    return pixels;
}

Bytes jpeg(int channels, bool progressive, int vertical_sampling) {
    jpeg_compress_struct compress{};
    jpeg_error_mgr errors{};
    compress.err = jpeg_std_error(&errors);
    jpeg_create_compress(&compress);
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&compress, &memory, &size);
    compress.image_height = Height;
    compress.image_width = Width;
    compress.input_components = channels;
    compress.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&compress);
    jpeg_set_quality(&compress, 90, TRUE);
    if (channels == 3) compress.comp_info[0].v_samp_factor = vertical_sampling;
    if (progressive) jpeg_simple_progression(&compress);
    jpeg_start_compress(&compress, TRUE);
    const Bytes exif = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0};
    jpeg_write_marker(&compress, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
    Bytes pixels = picture(channels);
    for (int y = 0; y < Height; ++y) {
        JSAMPROW row = pixels.data() + static_cast<size_t>(y) * Width * static_cast<size_t>(channels);
        jpeg_write_scanlines(&compress, &row, 1);
    }
    jpeg_finish_compress(&compress);
    Bytes file(memory, memory + size);
    jpeg_destroy_compress(&compress);
    std::free(memory);
    return file;
}

Bytes png(int type, int bits, int interlace) {
    png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(writer);
    Bytes file;
    png_set_write_fn(writer, &file, [](png_structp owner, png_bytep data, size_t count) {
        auto* target = static_cast<Bytes*>(png_get_io_ptr(owner));
        target->insert(target->end(), data, data + count);
    }, nullptr);
    png_set_IHDR(writer, info, Width, Height, bits, type, interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_color colours[256];
    for (int i = 0; i < 256; ++i) colours[i] = {static_cast<png_byte>(i), static_cast<png_byte>(255 - i), static_cast<png_byte>(i * 7)};
    if (type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(writer, info, colours, 256);
    png_write_info(writer, info);
    const int channels = png_get_channels(writer, info) * bits / 8;
    Bytes pixels = picture(channels);
    std::vector<png_bytep> rows;
    for (int y = 0; y < Height; ++y) rows.push_back(pixels.data() + static_cast<size_t>(y) * Width * static_cast<size_t>(channels));
    png_write_image(writer, rows.data());
    png_write_end(writer, nullptr);
    png_destroy_write_struct(&writer, &info);
    return file;
}

Bytes webp(bool lossless) {
    Bytes pixels = picture(4);
    uint8_t* memory = nullptr;
    const size_t size = lossless ? WebPEncodeLosslessRGBA(pixels.data(), Width, Height, Width * 4, &memory)
                                 : WebPEncodeRGBA(pixels.data(), Width, Height, Width * 4, 80, &memory);
    Bytes file(memory, memory + size);
    WebPFree(memory);
    return file;
}

std::vector<Bytes> files() {
    return {jpeg(3, false, 2), jpeg(3, false, 1), jpeg(3, true, 2), jpeg(1, false, 1), jpeg(4, false, 1),
            png(PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE), png(PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7),
            png(PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_NONE), png(PNG_COLOR_TYPE_GRAY, 16, PNG_INTERLACE_NONE), webp(false), webp(true)};
}

// As a caller does it: header, a limit, a window, a buffer of exactly the size that image.h asks for.
int decode(const Bytes& file, Random& random, inc_image_part* part) {
    inc_image_header header{};
    const int status = inc_image_read_header(file.data(), static_cast<int64_t>(file.size()), &header);
    if (status != INC_OK) return status;
    inc_image_traits traits{};
    REQUIRE_OK(inc_image_read_traits(file.data(), static_cast<int64_t>(file.size()), &traits));
    REQUIRE(traits.colour >= INC_COLOUR_GREY && traits.colour <= INC_COLOUR_YCCK && traits.bits >= 1 && traits.bits <= 16);
    REQUIRE(header.height > 0 && header.width > 0 && header.orientation >= 1 && header.orientation <= 8);
    if (int64_t{header.height} * header.width > 1 << 20) return INC_CORRUPT;
    const int height = 1 + static_cast<int>(random.below(static_cast<size_t>(header.height)));
    const int width = 1 + static_cast<int>(random.below(static_cast<size_t>(header.width)));
    const inc_image_part window{static_cast<int>(random.below(static_cast<size_t>(header.height - height + 1))),
                                static_cast<int>(random.below(static_cast<size_t>(header.width - width + 1))), height, width};
    const int denominator = header.format == INC_IMAGE_JPEG ? 1 << random.below(4) : 1;
    const int64_t capacity = header.format == INC_IMAGE_JPEG
        ? int64_t{4} * (height / denominator + 2) * (width / denominator + 1 + 128) : int64_t{4} * header.height * header.width;
    Bytes pixels(static_cast<size_t>(capacity));
    const int result =
        inc_image_decode(file.data(), static_cast<int64_t>(file.size()), &window, denominator, pixels.data(), capacity, part);
    if (result == INC_OK) {
        REQUIRE(part->top >= 0 && part->left >= 0 && int64_t{4} * part->height * part->width <= capacity);
        REQUIRE(part->top * denominator <= window.top && (part->top + part->height) * denominator >= window.top + window.height);
        REQUIRE(part->left * denominator <= window.left && (part->left + part->width) * denominator >= window.left + window.width);
    }
    return result;
}

Bytes mutated(Bytes file, Random& random) {
    switch (random.below(5)) {
        case 0: file.resize(random.below(file.size())); break;
        case 1: file.insert(file.begin() + static_cast<std::ptrdiff_t>(random.below(file.size())), 1 + random.below(40), static_cast<uint8_t>(random.next())); break;
        case 2: {
            const size_t from = random.below(file.size());
            file.erase(file.begin() + static_cast<std::ptrdiff_t>(from), file.begin() + static_cast<std::ptrdiff_t>(std::min(file.size(), from + 1 + random.below(40))));
            break;
        }
        // Most of what parsers stumble over stands at the beginning.
        case 3: for (int i = 0; i < 4; ++i) file[random.below(std::min<size_t>(file.size(), 700))] = static_cast<uint8_t>(random.next()); break;
        default: for (int i = 0; i < 8; ++i) file[random.below(file.size())] ^= static_cast<uint8_t>(1 << random.below(8)); break;
    }
    return file;
}

}  // namespace

TEST(Image_EveryFormat_DecodesEveryWindow) {
    Random random{1};
    for (const auto& file : files()) {
        for (int i = 0; i < 40; ++i) {
            inc_image_part part{};
            REQUIRE_OK(decode(file, random, &part));
        }
    }
}

TEST(Image_MutatedFiles_AreDecodedOrRefused) {
    Random random{2};
    const auto originals = files();
    int refused = 0;
    for (int i = 0; i < Mutations; ++i) {
        inc_image_part part{};
        const int status = decode(mutated(originals[static_cast<size_t>(i) % originals.size()], random), random, &part);
        REQUIRE(status == INC_OK || status == INC_CORRUPT);
        refused += status == INC_CORRUPT ? 1 : 0;
    }
    REQUIRE(refused > Mutations / 4 && refused < Mutations);
}

TEST(Image_ReadHeader_GivesSizeAndOrientation) {
    inc_image_header header{};
    const Bytes file = jpeg(3, false, 2);
    REQUIRE_OK(inc_image_read_header(file.data(), static_cast<int64_t>(file.size()), &header));
    REQUIRE_EQUAL(header.height, Height);
    REQUIRE_EQUAL(header.width, Width);
    REQUIRE_EQUAL(header.orientation, 6);
    REQUIRE_FAILS(inc_image_read_header(file.data(), 0, &header), INC_CORRUPT, "empty");
}

TEST(Image_Decode_CallersMistakes_AreRefused) {
    const Bytes file = jpeg(3, false, 2);
    Bytes pixels(4);
    inc_image_part part{};
    const auto size = static_cast<int64_t>(file.size());
    const inc_image_part inside{0, 0, 8, 8};
    const inc_image_part outside{Height, 0, 8, 8};
    REQUIRE_FAILS(inc_image_decode(file.data(), size, &inside, 1, pixels.data(), 4, &part), INC_INVALID_ARGUMENT, "too small");
    REQUIRE_FAILS(inc_image_decode(file.data(), size, &outside, 1, pixels.data(), 4, &part), INC_INVALID_ARGUMENT, "outside");
    REQUIRE_FAILS(inc_image_decode(file.data(), size, &inside, 3, pixels.data(), 4, &part), INC_INVALID_ARGUMENT, "denominator");
}

TEST(Image_ReadTraits_TellsKindsApart) {
    const auto traits_of = [](const Bytes& file) {
        inc_image_traits traits{};
        REQUIRE_OK(inc_image_read_traits(file.data(), static_cast<int64_t>(file.size()), &traits));
        return traits;
    };
    REQUIRE_EQUAL(traits_of(jpeg(1, false, 1)).colour, INC_COLOUR_GREY);
    REQUIRE_EQUAL(traits_of(jpeg(3, false, 2)).colour, INC_COLOUR_RGB);
    REQUIRE_EQUAL(traits_of(jpeg(4, false, 1)).colour, INC_COLOUR_CMYK);
    REQUIRE_EQUAL(traits_of(jpeg(3, false, 2)).scans, 0);
    REQUIRE_EQUAL(traits_of(jpeg(3, true, 2)).scans, 1);
    const auto alpha = traits_of(png(PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7));
    REQUIRE(alpha.colour == INC_COLOUR_RGB && alpha.bits == 16 && alpha.transparent == 1 && alpha.scans == 1);
    REQUIRE_EQUAL(traits_of(png(PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_NONE)).colour, INC_COLOUR_PALETTE);
    REQUIRE_EQUAL(traits_of(webp(true)).colour, INC_COLOUR_RGB);
}

// The documented capacity holds even noise at the highest quality, down to a single pixel.
TEST(Image_EncodeJpeg_GivesAFileThatDecodes) {
    Random random{3};
    for (const int size : {1, 2, 7, 16, 61}) {
        Bytes pixels(static_cast<size_t>(size * (size + 1)) * 3);
        for (auto& value : pixels) value = static_cast<uint8_t>(random.next());
        for (const int quality : {1, 90, 100}) {
            Bytes file(static_cast<size_t>(3 * (size + 15) * (size + 16) + 4096));
            int64_t length = 0;
            REQUIRE_OK(inc_image_encode_jpeg(pixels.data(), size, size + 1, quality, file.data(), static_cast<int64_t>(file.size()), &length));
            file.resize(static_cast<size_t>(length));
            inc_image_header header{};
            REQUIRE_OK(inc_image_read_header(file.data(), length, &header));
            REQUIRE(header.height == size && header.width == size + 1);
            inc_image_part part{};
            REQUIRE_OK(decode(file, random, &part));
        }
    }
}

TEST(Image_EncodeJpeg_CallersMistakes_AreRefused) {
    const Bytes pixels(3 * 64 * 64);
    Bytes file(64);
    int64_t length = 0;
    REQUIRE_FAILS(inc_image_encode_jpeg(pixels.data(), 64, 64, 90, file.data(), 64, &length), INC_INVALID_ARGUMENT, "too small");
    REQUIRE_FAILS(inc_image_encode_jpeg(pixels.data(), 64, 64, 0, file.data(), 64, &length), INC_INVALID_ARGUMENT, "quality");
    REQUIRE_FAILS(inc_image_encode_jpeg(pixels.data(), 0, 64, 90, file.data(), 64, &length), INC_INVALID_ARGUMENT, "rows and columns");
}
