#include "extensions/channel_kernels.h"

#include <algorithm>

// The distribution's baseline is SSE2; the loader picks the best version for the CPU.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define VECTORIZED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORIZED
#endif
#define INLINED inline __attribute__((always_inline))

namespace inception::channels {
namespace {

template <class Body>
INLINED void for_each_row(int64_t count, int64_t width, Body&& body) {
    for (int64_t begin = 0; begin < count; begin += width) {
        body(begin, std::min(width, count - begin));
    }
}

template <class T>
INLINED void add_up_any(const T* x, int64_t count, int64_t width, T* sums) {
    for_each_row(count, width, [=](int64_t begin, int64_t lanes) {
        const T* row = x + begin;
#pragma GCC ivdep
        for (int64_t l = 0; l < lanes; ++l) sums[l] += row[l];
    });
}

template <class T>
INLINED void add_up_squares_any(const T* x, int64_t count, int64_t width, const T* centre,
                                T* squares) {
    for_each_row(count, width, [=](int64_t begin, int64_t lanes) {
        const T* row = x + begin;
#pragma GCC ivdep
        for (int64_t l = 0; l < lanes; ++l) {
            const T deviation = row[l] - centre[l];
            squares[l] += deviation * deviation;
        }
    });
}

template <class T>
INLINED void normalize_any(const T* x, int64_t count, int64_t width, Affine<T> affine, T* y) {
    const T* scale = affine.scale;
    const T* shift = affine.shift;
    for_each_row(count, width, [=](int64_t begin, int64_t lanes) {
        const T* row = x + begin;
        T* out = y + begin;
#pragma GCC ivdep
        for (int64_t l = 0; l < lanes; ++l) {
            const T value = row[l] * scale[l] + shift[l];
            out[l] = value < 0 ? T(0) : value;
        }
    });
}

// What ReLU lets through.
template <class T>
INLINED T passed(T gradient, T x, T scale, T shift) {
    return x * scale + shift <= 0 ? T(0) : gradient;
}

template <class T>
INLINED void add_up_gradients_any(const T* gradient, const T* x, int64_t count, int64_t width, Affine<T> affine,
                                  const T* mean, T* sums, T* products) {
    const T* scale = affine.scale;
    const T* shift = affine.shift;
    for_each_row(count, width, [=](int64_t begin, int64_t lanes) {
        const T* row = x + begin;
        const T* above = gradient + begin;
#pragma GCC ivdep
        for (int64_t l = 0; l < lanes; ++l) {
            const T g = passed(above[l], row[l], scale[l], shift[l]);
            sums[l] += g;
            products[l] += g * (row[l] - mean[l]);
        }
    });
}

template <class T>
INLINED void backward_any(const T* gradient, const T* x, int64_t count, int64_t width, const Backward<T>& terms,
                          T* result) {
    const T* scale = terms.affine.scale;
    const T* shift = terms.affine.shift;
    const T* mean = terms.mean;
    const T* slope = terms.slope;
    const T* constant = terms.constant;
    for_each_row(count, width, [=](int64_t begin, int64_t lanes) {
        const T* row = x + begin;
        const T* above = gradient + begin;
        T* out = result + begin;
#pragma GCC ivdep
        for (int64_t l = 0; l < lanes; ++l) {
            const T g = passed(above[l], row[l], scale[l], shift[l]);
            out[l] = g * scale[l] + ((row[l] - mean[l]) * slope[l] + constant[l]);
        }
    });
}

}  // namespace

// Templates cannot be compiled in versions; hence each loop twice.

VECTORIZED void add_up(const float* x, int64_t count, int64_t width, float* sums) {
    add_up_any(x, count, width, sums);
}
VECTORIZED void add_up(const double* x, int64_t count, int64_t width, double* sums) {
    add_up_any(x, count, width, sums);
}

VECTORIZED void add_up_squares(const float* x, int64_t count, int64_t width, const float* centre, float* squares) {
    add_up_squares_any(x, count, width, centre, squares);
}
VECTORIZED void add_up_squares(const double* x, int64_t count, int64_t width, const double* centre, double* squares) {
    add_up_squares_any(x, count, width, centre, squares);
}

VECTORIZED void normalize(const float* x, int64_t count, int64_t width, Affine<float> affine, float* y) {
    normalize_any(x, count, width, affine, y);
}
VECTORIZED void normalize(const double* x, int64_t count, int64_t width, Affine<double> affine, double* y) {
    normalize_any(x, count, width, affine, y);
}

VECTORIZED void add_up_gradients(const float* gradient, const float* x, int64_t count, int64_t width,
                                 Affine<float> affine, const float* mean, float* sums, float* products) {
    add_up_gradients_any(gradient, x, count, width, affine, mean, sums, products);
}
VECTORIZED void add_up_gradients(const double* gradient, const double* x, int64_t count, int64_t width,
                                 Affine<double> affine, const double* mean, double* sums, double* products) {
    add_up_gradients_any(gradient, x, count, width, affine, mean, sums, products);
}

VECTORIZED void backward(const float* gradient, const float* x, int64_t count, int64_t width,
                         const Backward<float>& terms, float* result) {
    backward_any(gradient, x, count, width, terms, result);
}
VECTORIZED void backward(const double* gradient, const double* x, int64_t count, int64_t width,
                         const Backward<double>& terms, double* result) {
    backward_any(gradient, x, count, width, terms, result);
}

}  // namespace inception::channels
