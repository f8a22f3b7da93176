// Helpers of the binding's C ABI. Conventions: common/status.h.
//
// `result` parameters receive a new at::Tensor that the caller owns; they are left untouched when the call fails.
// `self` and other tensor arguments are borrowed and never null unless the comment says "or null".
#pragma once

#include <ATen/ATen.h>

#include "common/status.h"

namespace inception::binding {

// A number with its kind, as Python's scalars have one: it decides the result type of mixed operations.
struct Number {
    double real;
    int64_t integer;
    int32_t kind;  // 0: real, 1: integer, 2: boolean

    at::Scalar scalar() const {
        switch (kind) {
            case 0: return at::Scalar(real);
            case 1: return at::Scalar(integer);
            case 2: return at::Scalar(integer != 0);
            default: throw StatusError(INC_INVALID_ARGUMENT, "unknown kind of number " + std::to_string(kind));
        }
    }
};

// dtype: a value of c10::ScalarType, or -1 for the default; device_type: a value of c10::DeviceType.
struct Options {
    int32_t dtype;
    int32_t device_type;
    int32_t device_index;
    int32_t requires_grad;

    at::TensorOptions options() const {
        at::TensorOptions made;
        if (dtype >= 0) {
            made = made.dtype(static_cast<at::ScalarType>(dtype));
        }
        return made.device(device());
    }

    at::Device device() const {
        return at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
    }
};

inline c10::optional<at::ScalarType> optional_dtype(int32_t dtype) {
    return dtype < 0 ? c10::nullopt : c10::make_optional(static_cast<at::ScalarType>(dtype));
}

inline c10::optional<at::Tensor> optional_tensor(const at::Tensor* tensor) {
    return tensor == nullptr ? c10::nullopt : c10::make_optional(*tensor);
}

inline at::IntArrayRef ints(const int64_t* values, int32_t count) {
    return {values, static_cast<size_t>(count)};
}

template <class Body>
int returning(at::Tensor** result, Body&& body) noexcept {
    return guarded([&] { *result = new at::Tensor(body()); });
}

template <class Body>
int returning_pair(at::Tensor** first, at::Tensor** second, Body&& body) noexcept {
    return guarded([&] {
        auto made = body();
        auto owned = std::make_unique<at::Tensor>(std::get<0>(made));
        *second = new at::Tensor(std::get<1>(made));
        *first = owned.release();
    });
}

}  // namespace inception::binding
