// Sums for other parts of the library, and the path for devices without a kernel of ours, for the test that compares it.
#pragma once

#include <ATen/ATen.h>

namespace inception {

// What inc_sum_of_squares computes. `values` are flat and contiguous, fp32 or fp64.
double sum_of_squares(const at::Tensor& values);

// `values` are flat. The lanes' own sums are ATen's, so the bits are the device's; blocks and lanes are the same.
double aten_sum_of_squares(const at::Tensor& values);

}  // namespace inception
