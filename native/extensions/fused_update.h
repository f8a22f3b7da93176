// The updates with the path that computes them, for tests that compare the two.
#pragma once

#include "extensions/extensions.h"
#include "extensions/update_rules.h"

namespace inception::updates {

enum class Path {
    kFastest,  // the fused pass where the device has one
    kAten,     // ATen's operators, as on CUDA
};

int sgd(const inc_arenas* arenas, Path path, double learning_rate, double momentum, bool nesterov);
int rmsprop(const inc_arenas* arenas, Path path, double learning_rate, double decay, double epsilon, double momentum);
int rmsprop_tf(const inc_arenas* arenas, Path path, double learning_rate, double decay, double epsilon, double momentum);
int lars(const inc_arenas* arenas, Path path, double learning_rate, double trust_coefficient, double momentum,
         bool nesterov);
int adamw(const inc_arenas* arenas, Path path, double learning_rate, double beta1, double beta2, double epsilon,
          int64_t step);

}  // namespace inception::updates
