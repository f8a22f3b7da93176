// What neural networks are made of.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

namespace {
// Every 2-d argument is one number for both directions, or height and width.
struct Sizes {
    int64_t height;
    int64_t width;

    std::array<int64_t, 2> array() const { return {height, width}; }
};
}  // namespace

// `bias` or null.
INC_API int inc_nn_conv2d(at::Tensor* input, at::Tensor* weight, at::Tensor* bias, Sizes stride, Sizes padding, Sizes dilation,
                          int64_t groups, at::Tensor** result) {
    return returning(result, [&] {
        return at::conv2d(*input, *weight, optional_tensor(bias), stride.array(), padding.array(), dilation.array(), groups);
    });
}

// `bias` or null.
INC_API int inc_nn_linear(at::Tensor* input, at::Tensor* weight, at::Tensor* bias, at::Tensor** result) {
    return returning(result, [&] { return at::linear(*input, *weight, optional_tensor(bias)); });
}

// `weight` and `bias` or null.
INC_API int inc_nn_batch_norm(at::Tensor* input, at::Tensor* running_mean, at::Tensor* running_var, at::Tensor* weight,
                              at::Tensor* bias, bool training, double momentum, double eps, at::Tensor** result) {
    return returning(result, [&] {
        return at::batch_norm(*input, optional_tensor(weight), optional_tensor(bias), optional_tensor(running_mean),
                              optional_tensor(running_var), training, momentum, eps, at::globalContext().userEnabledCuDNN());
    });
}

INC_API int inc_nn_max_pool2d(at::Tensor* input, Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, bool ceil_mode,
                              at::Tensor** result) {
    return returning(result, [&] {
        return at::max_pool2d(*input, kernel.array(), stride.array(), padding.array(), dilation.array(), ceil_mode);
    });
}

// `divisor` 0: none given.
INC_API int inc_nn_avg_pool2d(at::Tensor* input, Sizes kernel, Sizes stride, Sizes padding, bool ceil_mode,
                              bool count_include_pad, int64_t divisor, at::Tensor** result) {
    return returning(result, [&] {
        return at::avg_pool2d(*input, kernel.array(), stride.array(), padding.array(), ceil_mode, count_include_pad,
                              divisor == 0 ? c10::nullopt : c10::make_optional(divisor));
    });
}

INC_API int inc_nn_adaptive_avg_pool2d(at::Tensor* input, Sizes output, at::Tensor** result) {
    return returning(result, [&] { return at::adaptive_avg_pool2d(*input, output.array()); });
}

// x / (k + alpha · mean of squares over `size` neighbouring channels)^beta, beyond the ends zeros.
INC_API int inc_nn_local_response_norm(at::Tensor* input, int64_t size, double alpha, double beta, double k, at::Tensor** result) {
    return returning(result, [&] {
        const auto squares = at::constant_pad_nd(at::square(*input), {0, 0, 0, 0, size / 2, (size - 1) / 2});
        auto sum = squares.narrow(1, 0, input->size(1));
        for (int64_t neighbour = 1; neighbour < size; ++neighbour) sum = sum + squares.narrow(1, neighbour, input->size(1));
        return *input / at::pow(sum * (alpha / size) + k, beta);
    });
}

INC_API int inc_nn_relu(at::Tensor* input, at::Tensor** result) {
    return returning(result, [&] { return at::relu(*input); });
}

INC_API int inc_nn_relu_(at::Tensor* input) {
    return guarded([&] { at::relu_(*input); });
}

INC_API int inc_nn_dropout(at::Tensor* input, double p, bool training, at::Tensor** result) {
    return returning(result, [&] { return at::dropout(*input, p, training); });
}

INC_API int inc_nn_dropout_(at::Tensor* input, double p, bool training) {
    return guarded([&] { at::dropout_(*input, p, training); });
}

INC_API int inc_nn_softmax(at::Tensor* input, int64_t dim, int32_t dtype, at::Tensor** result) {
    return returning(result, [&] { return at::softmax(*input, dim, optional_dtype(dtype)); });
}

INC_API int inc_nn_log_softmax(at::Tensor* input, int64_t dim, int32_t dtype, at::Tensor** result) {
    return returning(result, [&] { return at::log_softmax(*input, dim, optional_dtype(dtype)); });
}

// `weight` or null; reduction: 0 none, 1 mean, 2 sum.
INC_API int inc_nn_cross_entropy(at::Tensor* input, at::Tensor* target, at::Tensor* weight, int64_t ignore_index,
                                 int32_t reduction, double label_smoothing, at::Tensor** result) {
    return returning(result, [&] {
        return at::cross_entropy_loss(*input, *target, optional_tensor(weight), reduction, ignore_index, label_smoothing);
    });
}

// Resizes height and width of an N×C×H×W tensor by bilinear interpolation.
INC_API int inc_nn_upsample_bilinear2d(at::Tensor* input, Sizes size, bool align_corners, at::Tensor** result) {
    return returning(result, [&] { return at::upsample_bilinear2d(*input, size.array(), align_corners); });
}
