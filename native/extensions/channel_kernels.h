// Loops over channels-last data, seen as rows of `width` lanes, a whole multiple of the channels: lane l belongs to
// channel l mod channels. Per-lane operands repeat the channels' values. Wide rows keep vector units busy even where
// there are few channels, and each lane adds up its own values from the top down, so no result depends on the
// instruction set.
//
// `count` elements are read; the last row may be shorter than `width`.
#pragma once

#include <cstdint>

namespace inception::channels {

// sums[l] += x
void add_up(const float* x, int64_t count, int64_t width, float* sums);
void add_up(const double* x, int64_t count, int64_t width, double* sums);

// squares[l] += (x - centre[l])²
void add_up_squares(const float* x, int64_t count, int64_t width, const float* centre, float* squares);
void add_up_squares(const double* x, int64_t count, int64_t width, const double* centre, double* squares);

// A batch normalization as it was applied: v = x·scale + shift, followed by ReLU.
template <class T>
struct Affine {
    const T* scale;
    const T* shift;
};

// y = max(0, v), or NaN where v is NaN; y may be x
void normalize(const float* x, int64_t count, int64_t width, Affine<float> affine, float* y);
void normalize(const double* x, int64_t count, int64_t width, Affine<double> affine, double* y);

// With g = gradient where v > 0 and else 0: sums[l] += g, products[l] += g·(x - mean[l])
void add_up_gradients(const float* gradient, const float* x, int64_t count, int64_t width, Affine<float> affine,
                      const float* mean, float* sums, float* products);
void add_up_gradients(const double* gradient, const double* x, int64_t count, int64_t width, Affine<double> affine,
                      const double* mean, double* sums, double* products);

// The gradient by x: g·scale + (x - mean)·slope + constant
template <class T>
struct Backward {
    Affine<T> affine;
    const T* mean;
    const T* slope;
    const T* constant;
};

void backward(const float* gradient, const float* x, int64_t count, int64_t width, const Backward<float>& terms,
              float* result);
void backward(const double* gradient, const double* x, int64_t count, int64_t width, const Backward<double>& terms,
              double* result);

}  // namespace inception::channels
