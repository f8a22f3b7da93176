// WebP through libwebp, lossy and lossless; animations are refused.
#include <webp/decode.h>

#include "image/image.h"

namespace inception {
namespace {

WebPBitstreamFeatures features_of(const uint8_t* data, size_t length) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(data, length, &features) != VP8_STATUS_OK) corrupt("its WebP header is broken");
    if (features.has_animation != 0) corrupt("it is an animation");
    return features;
}

}  // namespace

void read_webp_header(const uint8_t* data, size_t length, inc_image_header* header) {
    const auto features = features_of(data, length);
    *header = {INC_IMAGE_WEBP, features.height, features.width, 1};
}

void read_webp_traits(const uint8_t* data, size_t length, inc_image_traits* traits) {
    *traits = {INC_COLOUR_RGB, 8, features_of(data, length).has_alpha, 0};
}

void decode_webp(const uint8_t* data, size_t length, uint8_t* pixels, int64_t capacity, inc_image_part* part) {
    const auto features = features_of(data, length);
    require_capacity(capacity, features.height, features.width);
    const int stride = 4 * features.width;
    if (WebPDecodeRGBAInto(data, length, pixels, static_cast<size_t>(stride) * static_cast<size_t>(features.height), stride) == nullptr)
        corrupt("its WebP data is cut off or damaged");
    *part = {0, 0, features.height, features.width};
}

}  // namespace inception
