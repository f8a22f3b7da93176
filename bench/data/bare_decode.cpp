// How fast libjpeg-turbo decodes the files given, whole and to RGB, and nothing else: the rate of one thread.
//   bare_decode SECONDS FILE...
#include <cstdio>

#include <jpeglib.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

using Bytes = std::vector<unsigned char>;

static void decode(jpeg_decompress_struct& jpeg, const Bytes& file, Bytes& pixels) {
    jpeg_mem_src(&jpeg, file.data(), file.size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    const size_t stride = size_t{3} * jpeg.output_width;
    if (pixels.size() < stride * jpeg.output_height) pixels.resize(stride * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW rows[16];
        for (unsigned i = 0; i < 16; ++i) rows[i] = pixels.data() + (jpeg.output_scanline + i) % jpeg.output_height * stride;
        jpeg_read_scanlines(&jpeg, rows, 16);
    }
    jpeg_finish_decompress(&jpeg);
}

int main(int count, char** arguments) {
    if (count < 3) return 2;
    std::vector<Bytes> files;
    for (int i = 2; i < count; ++i) {
        std::ifstream stream(arguments[i], std::ios::binary);
        files.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    Bytes pixels;
    for (const auto& file : files) decode(jpeg, file, pixels);
    const auto start = std::chrono::steady_clock::now();
    double seconds = 0;
    long done = 0;
    while (seconds < std::atof(arguments[1])) {
        for (const auto& file : files) decode(jpeg, file, pixels);
        done += static_cast<long>(files.size());
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::printf("%.1f\n", static_cast<double>(done) / seconds);
    jpeg_destroy_decompress(&jpeg);
}
