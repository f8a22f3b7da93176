// Sums whose order depends on nothing but the length: neither on threads, nor on the instruction set, nor on workers.
//
// Sum of squares, in fp64: the arena is cut into blocks of 65,536 elements (the last may be shorter). Inside a block, lane
// l of 32 adds the squares of the elements l, l + 32, l + 64, … in that order; then the lanes are added in a tree (l takes
// l + 16, then l + 8, 4, 2, 1). The blocks' sums are added in block order, starting from 0.
#include "extensions/fixed_order_sum.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

using namespace inception;

namespace {

constexpr int64_t kBlock = 65536;
constexpr int kLanes = 32;

template <class T>
double block_sum_of_squares(const T* values, int64_t length) {
    double lanes[kLanes] = {};
    const int64_t whole = length - length % kLanes;
    for (int64_t row = 0; row < whole; row += kLanes) {
        for (int lane = 0; lane < kLanes; ++lane) {
            const double value = values[row + lane];
            lanes[lane] += value * value;
        }
    }
    for (int64_t i = whole; i < length; ++i) {
        const double value = values[i];
        lanes[i - whole] += value * value;
    }
    for (int half = kLanes / 2; half > 0; half /= 2) {
        for (int lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

template <class T>
double cpu_sum_of_squares(const T* values, int64_t length) {
    const int64_t blocks = at::divup(length, kBlock);
    std::vector<double> sums(blocks);
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) {
            sums[block] = block_sum_of_squares(values + block * kBlock, std::min(kBlock, length - block * kBlock));
        }
    });
    double total = 0;
    for (const double sum : sums) total += sum;
    return total;
}

at::Tensor slice(at::Tensor* tensor, const char* name, int64_t offset, int64_t length) {
    const at::Tensor& arena = required_arena(tensor, name);
    require(offset >= 0 && length >= 0 && length <= arena.numel() - offset,
            c10::str(name, ": elements [", offset, ", ", offset + length, ") of ", arena.numel()));
    return arena.flatten().narrow(0, offset, length);
}

}  // namespace

namespace inception {

double sum_of_squares(const at::Tensor& values) {
    if (!values.is_cpu()) return aten_sum_of_squares(values);
    if (values.scalar_type() == at::kDouble) return cpu_sum_of_squares(values.data_ptr<double>(), values.numel());
    return cpu_sum_of_squares(values.data_ptr<float>(), values.numel());
}

double aten_sum_of_squares(const at::Tensor& values) {
    const int64_t blocks = at::divup(values.numel(), kBlock);
    at::Tensor padded = at::zeros({blocks * kBlock}, values.options().dtype(at::kDouble));
    padded.narrow(0, 0, values.numel()).copy_(values);
    // [blocks, rows, lanes]
    at::Tensor lanes = padded.square_().view({blocks, kBlock / kLanes, kLanes}).sum(1);
    for (int half = kLanes / 2; half > 0; half /= 2) lanes = lanes.narrow(1, 0, half) + lanes.narrow(1, half, half);
    const at::Tensor sums = lanes.flatten().cpu();
    double total = 0;
    for (int64_t block = 0; block < blocks; ++block) total += sums.data_ptr<double>()[block];
    return total;
}

}  // namespace inception

int inc_sum_of_squares(at::Tensor* arena, int64_t length, double* result) {
    return guarded([&] {
        const at::NoGradGuard no_grad;
        *result = sum_of_squares(slice(arena, "arena", 0, length));
    });
}

int inc_arena_add(at::Tensor* destination, int64_t destination_offset, at::Tensor* source, int64_t source_offset,
                  int64_t length) {
    return guarded([&] {
        const at::NoGradGuard no_grad;
        at::Tensor target = slice(destination, "destination", destination_offset, length);
        const at::Tensor addend = slice(source, "source", source_offset, length);
        require(target.scalar_type() == addend.scalar_type(), "the arenas' types differ");
        target.add_(addend);
    });
}

int inc_arena_copy(at::Tensor* destination, int64_t destination_offset, at::Tensor* source, int64_t source_offset,
                   int64_t length) {
    return guarded([&] {
        const at::NoGradGuard no_grad;
        slice(destination, "destination", destination_offset, length)
            .copy_(slice(source, "source", source_offset, length));
    });
}
