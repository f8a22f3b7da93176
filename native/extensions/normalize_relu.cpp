// Batch normalization and ReLU as one autograd node over channels-last data on the CPU. libtorch's separate kernels
// touch each activation fourteen times in a training step; this one does eight times.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <vector>

#include "extensions/arguments.h"
#include "extensions/channel_kernels.h"
#include "extensions/extensions.h"

using namespace inception;

namespace {

// Elements that are worked on while they are in the first-level cache. A block is summed up in the data's own type,
// blocks in fp64 and in their order: neither rounding nor threads matter.
constexpr int64_t kBlockElements = 8192;
constexpr int64_t kNarrowestRow = 64;
constexpr int64_t kVector = 16;

// Channels-last data as `pixels` rows of `channels`, cut into blocks.
struct Plan {
    explicit Plan(const at::Tensor& x)
        : channels(x.size(1)), pixels(channels == 0 ? 0 : x.numel() / channels) {
        int64_t group = 1;  // pixels a row of lanes
        while (group * channels % kVector != 0 || group * channels < kNarrowestRow) ++group;
        width = group * channels;
        block_pixels = std::max<int64_t>(1, kBlockElements / width) * group;
        blocks = (pixels + block_pixels - 1) / block_pixels;
    }

    int64_t first(int64_t block) const { return block * block_pixels; }
    int64_t length(int64_t block) const { return std::min(block_pixels, pixels - first(block)); }

    int64_t channels, pixels, width, block_pixels, blocks;
};

// A channel's values for each lane.
template <class T>
std::vector<T> by_lane(const Plan& plan, const double* values) {
    std::vector<T> lanes(plan.width);
    for (int64_t l = 0; l < plan.width; ++l) lanes[l] = T(values[l % plan.channels]);
    return lanes;
}

template <class T>
void fold(const Plan& plan, const std::vector<T>& lanes, double* values) {
    std::fill_n(values, plan.channels, 0.0);
    for (int64_t l = 0; l < plan.width; l += plan.channels) {
        for (int64_t c = 0; c < plan.channels; ++c) values[c] += lanes[l + c];
    }
}

template <class Body>
void for_each_block(const Plan& plan, Body&& body) {
    at::parallel_for(0, plan.blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) body(block);
    });
}

struct Statistics {
    std::vector<double> mean;
    std::vector<double> squares;  // of the deviations from it, added up
};

// Each block's deviations are taken from its own mean, and the blocks combined as Chan, Golub and LeVeque do ("Updating
// Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979).
template <class T>
Statistics statistics(const Plan& plan, const T* x) {
    const int64_t channels = plan.channels;
    std::vector<double> sums(plan.blocks * channels), squares(plan.blocks * channels);
    for_each_block(plan, [&](int64_t block) {
        const T* data = x + plan.first(block) * channels;
        const int64_t count = plan.length(block) * channels;
        double* block_sums = &sums[block * channels];
        std::vector<T> lanes(plan.width);
        channels::add_up(data, count, plan.width, lanes.data());
        fold(plan, lanes, block_sums);
        std::vector<double> means(block_sums, block_sums + channels);
        for (double& mean : means) mean /= plan.length(block);
        const auto centre = by_lane<T>(plan, means.data());
        std::fill(lanes.begin(), lanes.end(), T(0));
        channels::add_up_squares(data, count, plan.width, centre.data(), lanes.data());
        fold(plan, lanes, &squares[block * channels]);
    });

    Statistics result{std::vector<double>(channels), std::vector<double>(channels)};
    for (int64_t block = 0; block < plan.blocks; ++block) {
        for (int64_t c = 0; c < channels; ++c) result.mean[c] += sums[block * channels + c];
    }
    for (double& mean : result.mean) mean /= plan.pixels;
    for (int64_t block = 0; block < plan.blocks; ++block) {
        for (int64_t c = 0; c < channels; ++c) {
            const double distance = sums[block * channels + c] / plan.length(block) - result.mean[c];
            result.squares[c] += squares[block * channels + c] + plan.length(block) * distance * distance;
        }
    }
    return result;
}

// v = x·scale + shift of a normalization, in fp64.
struct Map {
    template <class T>
    Map(const T* weight, const T* bias, const double* mean, const double* inverse_deviation, int64_t channels)
        : scale(channels), shift(channels) {
        for (int64_t c = 0; c < channels; ++c) {
            scale[c] = weight[c] * inverse_deviation[c];
            shift[c] = bias[c] - mean[c] * scale[c];
        }
    }

    std::vector<double> scale, shift;
};

template <class T>
void write_normalized(const Plan& plan, const T* x, const Map& map, T* y) {
    const auto scale = by_lane<T>(plan, map.scale.data()), shift = by_lane<T>(plan, map.shift.data());
    for_each_block(plan, [&](int64_t block) {
        const int64_t offset = plan.first(block) * plan.channels;
        channels::normalize(x + offset, plan.length(block) * plan.channels, plan.width,
                            {scale.data(), shift.data()}, y + offset);
    });
}

// A gradient may be a slice of a concatenation's: its pixels lie apart. Gives a block's in one piece.
template <class T>
class PixelReader {
public:
    PixelReader(const Plan& plan, const at::Tensor& tensor) : plan_(plan), tensor_(as_pixels(tensor)) {
        data_ = tensor_.data_ptr<T>();
        stride_ = tensor_.size(3) > 1 ? tensor_.stride(3) : tensor_.size(2) > 1 ? tensor_.stride(2) : tensor_.stride(0);
        if (plan.pixels == 1) stride_ = plan.channels;
    }

    const T* read(int64_t block, std::vector<T>& buffer) const {
        const T* begin = data_ + plan_.first(block) * stride_;
        if (stride_ == plan_.channels) return begin;
        buffer.resize(plan_.length(block) * plan_.channels);
        for (int64_t pixel = 0; pixel < plan_.length(block); ++pixel) {
            std::copy_n(begin + pixel * stride_, plan_.channels, &buffer[pixel * plan_.channels]);
        }
        return buffer.data();
    }

private:
    // The tensor itself if one stride leads from each pixel to the next, else a copy of which that is true.
    static at::Tensor as_pixels(const at::Tensor& tensor) {
        const auto sizes = tensor.sizes(), strides = tensor.strides();
        const bool dense = sizes[1] == 1 || strides[1] == 1;
        int64_t expected = 0;
        bool even = true;
        for (const int dim : {3, 2, 0}) {
            if (sizes[dim] == 1) continue;
            even &= expected == 0 || strides[dim] == expected;
            expected = strides[dim] * sizes[dim];
        }
        return dense && even && expected > 0 ? tensor : tensor.contiguous(at::MemoryFormat::ChannelsLast);
    }

    const Plan& plan_;
    at::Tensor tensor_;
    const T* data_;
    int64_t stride_;
};

struct Gradients {
    at::Tensor input;
    std::vector<double> weight, bias;
};

template <class T>
Gradients gradients(const at::Tensor& above, const at::Tensor& x, const double* mean, const double* inverse_deviation,
                    const Map& map) {
    const Plan plan(x);
    const int64_t channels = plan.channels;
    const PixelReader<T> reader(plan, above);
    const T* data = x.data_ptr<T>();
    const auto scale = by_lane<T>(plan, map.scale.data()), shift = by_lane<T>(plan, map.shift.data());
    const auto means = by_lane<T>(plan, mean);
    const channels::Affine<T> affine{scale.data(), shift.data()};

    std::vector<double> sums(plan.blocks * channels), products(plan.blocks * channels);
    for_each_block(plan, [&](int64_t block) {
        std::vector<T> buffer, lane_sums(plan.width), lane_products(plan.width);
        channels::add_up_gradients(reader.read(block, buffer), data + plan.first(block) * channels,
                                   plan.length(block) * channels, plan.width, affine, means.data(), lane_sums.data(),
                                   lane_products.data());
        fold(plan, lane_sums, &sums[block * channels]);
        fold(plan, lane_products, &products[block * channels]);
    });

    Gradients result{at::empty_like(x), std::vector<double>(channels), std::vector<double>(channels)};
    std::vector<double> slope(channels), constant(channels);
    for (int64_t block = 0; block < plan.blocks; ++block) {
        for (int64_t c = 0; c < channels; ++c) {
            result.bias[c] += sums[block * channels + c];
            result.weight[c] += products[block * channels + c];
        }
    }
    for (int64_t c = 0; c < channels; ++c) {
        result.weight[c] *= inverse_deviation[c];
        slope[c] = -map.scale[c] * inverse_deviation[c] * result.weight[c] / plan.pixels;
        constant[c] = -map.scale[c] * result.bias[c] / plan.pixels;
    }
    const auto slopes = by_lane<T>(plan, slope.data()), constants = by_lane<T>(plan, constant.data());
    T* output = result.input.data_ptr<T>();
    for_each_block(plan, [&](int64_t block) {
        std::vector<T> buffer;
        const int64_t offset = plan.first(block) * channels;
        channels::backward(reader.read(block, buffer), data + offset, plan.length(block) * channels, plan.width,
                           {affine, means.data(), slopes.data(), constants.data()}, output + offset);
    });
    return result;
}

template <class T>
at::Tensor tensor_of(const std::vector<double>& values, const at::TensorOptions& options) {
    auto made = at::empty({static_cast<int64_t>(values.size())}, options);
    std::copy(values.begin(), values.end(), made.data_ptr<T>());
    return made;
}

// Averages the batch's value into the running one; weight 1 takes it as it is, whatever stood there.
template <class T>
void average(T* running, const std::vector<double>& batch, double momentum) {
    for (size_t c = 0; c < batch.size(); ++c) {
        running[c] = momentum == 1 ? T(batch[c]) : T((1 - momentum) * running[c] + momentum * batch[c]);
    }
}

struct NormalizeRelu : torch::autograd::Function<NormalizeRelu> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              const at::Tensor& bias, const at::Tensor& running_mean, const at::Tensor& running_var,
                              double momentum, double epsilon) {
        const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
        const Plan plan(x);
        require(plan.pixels > 1, "a batch of one value a channel has no variance");
        auto y = at::empty_like(x);
        const auto saved_statistics = at::empty({2, plan.channels}, at::kDouble);
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "normalize_relu", [&] {
            const auto batch = statistics(plan, x.data_ptr<scalar_t>());
            double* mean = saved_statistics.data_ptr<double>();
            double* inverse_deviation = mean + plan.channels;
            std::vector<double> unbiased(plan.channels);
            for (int64_t c = 0; c < plan.channels; ++c) {
                mean[c] = batch.mean[c];
                inverse_deviation[c] = 1 / std::sqrt(batch.squares[c] / plan.pixels + epsilon);
                unbiased[c] = batch.squares[c] / (plan.pixels - 1);
            }
            const Map map(weight.data_ptr<scalar_t>(), bias.data_ptr<scalar_t>(), mean, inverse_deviation, plan.channels);
            write_normalized(plan, x.data_ptr<scalar_t>(), map, y.data_ptr<scalar_t>());
            average(running_mean.data_ptr<scalar_t>(), batch.mean, momentum);
            average(running_var.data_ptr<scalar_t>(), unbiased, momentum);
        });
        context->save_for_backward({x, weight, bias, saved_statistics});
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list above) {
        require(!at::GradMode::is_enabled(), "the fused normalization cannot be differentiated twice");
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1], &bias = saved[2], &statistics = saved[3];
        torch::autograd::variable_list result(7);
        AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "normalize_relu_backward", [&] {
            const double* mean = statistics.data_ptr<double>();
            const double* inverse_deviation = mean + x.size(1);
            const Map map(weight.data_ptr<scalar_t>(), bias.data_ptr<scalar_t>(), mean, inverse_deviation, x.size(1));
            const auto made = gradients<scalar_t>(above[0], x, mean, inverse_deviation, map);
            result[0] = made.input;
            result[1] = tensor_of<scalar_t>(made.weight, weight.options());
            result[2] = tensor_of<scalar_t>(made.bias, bias.options());
        });
        return result;
    }
};

// By the running statistics, without a graph.
at::Tensor evaluate(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias,
                    const at::Tensor& running_mean, const at::Tensor& running_var, double epsilon) {
    const auto x = input.contiguous(at::MemoryFormat::ChannelsLast);
    auto y = at::empty_like(x);
    const Plan plan(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "normalize_relu", [&] {
        std::vector<double> mean(plan.channels), inverse_deviation(plan.channels);
        for (int64_t c = 0; c < plan.channels; ++c) {
            mean[c] = running_mean.data_ptr<scalar_t>()[c];
            inverse_deviation[c] = 1 / std::sqrt(running_var.data_ptr<scalar_t>()[c] + epsilon);
        }
        const Map map(weight.data_ptr<scalar_t>(), bias.data_ptr<scalar_t>(), mean.data(), inverse_deviation.data(), plan.channels);
        write_normalized(plan, x.data_ptr<scalar_t>(), map, y.data_ptr<scalar_t>());
    });
    return y;
}

}  // namespace

int inc_normalize_relu(at::Tensor* input, at::Tensor* weight, at::Tensor* bias, at::Tensor* running_mean,
                       at::Tensor* running_var, int training, double momentum, double epsilon, at::Tensor* result) {
    return guarded([&] {
        const at::Tensor& x = required(input, "input");
        require(x.dim() == 4 && x.numel() > 0 && x.device().is_cpu(), "the input is no N×C×H×W tensor on the CPU");
        for (const at::Tensor* tensor : {weight, bias, running_mean, running_var}) {
            require(tensor != nullptr && tensor->defined() && tensor->dim() == 1 && tensor->numel() == x.size(1) &&
                        tensor->scalar_type() == x.scalar_type() && tensor->is_contiguous(),
                    "weight, bias, mean and variance have one value of the input's type for each channel");
        }
        if (training != 0) {
            required(result, "result") = NormalizeRelu::apply(x, *weight, *bias, *running_mean, *running_var, momentum, epsilon);
        } else {
            require(!at::GradMode::is_enabled(), "evaluation has no gradient here");
            required(result, "result") = evaluate(x, *weight, *bias, *running_mean, *running_var, epsilon);
        }
    });
}
