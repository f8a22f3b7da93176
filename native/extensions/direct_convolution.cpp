// Convolution that always takes oneDNN. With one thread and a batch under 16, libtorch itself leaves it for im2col and
// BLAS where the kernel is small and unstrided, in both directions, which is slower.
#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <ATen/native/ConvUtils.h>
#include <torch/csrc/autograd/custom_function.h>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

using namespace inception;

namespace {

constexpr std::array<int64_t, 2> kDilation{1, 1};

// at::convolution_backward would choose im2col again. The stub has one version for all instruction sets, and its call
// operator is not exported.
const at::native::mkldnn_convolution_backward_fn onednn_backward = at::native::mkldnn_convolution_backward_stub.DEFAULT;

bool takes_onednn(const at::Tensor& input) {
    return at::globalContext().userEnabledMkldnn() && at::hasMKLDNN() && onednn_backward != nullptr && input.scalar_type() == at::kFloat &&
           input.device().is_cpu();
}

struct Convolution : torch::autograd::Function<Convolution> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              at::IntArrayRef stride, at::IntArrayRef padding) {
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        return takes_onednn(input)
                   ? at::mkldnn_convolution(input, weight, c10::nullopt, padding, stride, kDilation, /*groups=*/1)
                   : at::conv2d(input, weight, c10::nullopt, stride, padding, kDilation, /*groups=*/1);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list above) {
        require(!at::GradMode::is_enabled(), "the direct convolution cannot be differentiated twice");
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1];
        const auto stride = context->saved_data["stride"].toIntVector(), padding = context->saved_data["padding"].toIntVector();
        const std::array<bool, 3> wanted{context->needs_input_grad(0), context->needs_input_grad(1), false};
        const at::AutoDispatchBelowADInplaceOrView below_autograd;
        const auto gradients =
            takes_onednn(input)
                ? onednn_backward(input, above[0], weight, padding, stride, kDilation, /*groups=*/1, wanted)
                : at::convolution_backward(above[0], input, weight, c10::nullopt, stride, padding, kDilation,
                                           /*transposed=*/false, /*output_padding=*/{0, 0}, /*groups=*/1, wanted);
        return {std::get<0>(gradients), std::get<1>(gradients), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

int inc_layers_supported(at::Tensor* input, int* supported) {
    return guarded([&] {
        const at::Tensor& x = required(input, "input");
        *supported = x.device().is_cpu() && x.dim() == 4 && x.numel() > 0 && !at::autocast::is_cpu_enabled() &&
                     (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble);
    });
}

int inc_convolution(at::Tensor* input, at::Tensor* weight, const int64_t* stride, const int64_t* padding, at::Tensor* result) {
    return guarded([&] {
        required(result, "result") = Convolution::apply(required(input, "input"), required(weight, "weight"),
                                                        at::IntArrayRef(stride, 2), at::IntArrayRef(padding, 2));
    });
}
