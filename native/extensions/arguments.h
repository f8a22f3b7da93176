// Checks of what callers hand over: their mistakes become INC_INVALID_ARGUMENT, before anything is changed.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "common/status.h"

namespace inception {

inline void require(bool condition, const char* message) {
    if (!condition) throw StatusError(INC_INVALID_ARGUMENT, message);
}

inline void require(bool condition, const std::string& message) {
    require(condition, message.c_str());
}

inline at::Tensor& required(at::Tensor* tensor, const char* name) {
    require(tensor != nullptr && tensor->defined(), std::string(name) + " is missing");
    return *tensor;
}

// A contiguous tensor of fp32 or fp64; the only element types that arenas have.
inline at::Tensor& required_arena(at::Tensor* tensor, const char* name) {
    at::Tensor& arena = required(tensor, name);
    require(arena.is_contiguous(), std::string(name) + " is not contiguous");
    require(arena.scalar_type() == at::kFloat || arena.scalar_type() == at::kDouble,
            std::string(name) + " is neither fp32 nor fp64");
    return arena;
}

}  // namespace inception
