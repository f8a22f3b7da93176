// New tensors.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

namespace {
// at:: factories leave requires_grad out of account; it is set afterwards.
at::Tensor with_gradient(at::Tensor made, const Options& options) {
    return options.requires_grad != 0 ? made.requires_grad_() : made;
}
}  // namespace

INC_API int inc_tensor_empty(const int64_t* sizes, int32_t rank, Options options, at::Tensor** result) {
    return returning(result, [&] { return with_gradient(at::empty(ints(sizes, rank), options.options()), options); });
}

INC_API int inc_tensor_full(const int64_t* sizes, int32_t rank, Number value, Options options, at::Tensor** result) {
    return returning(result, [&] { return with_gradient(at::full(ints(sizes, rank), value.scalar(), options.options()), options); });
}

INC_API int inc_tensor_arange(Number start, Number end, Number step, Options options, at::Tensor** result) {
    return returning(result, [&] {
        return with_gradient(at::arange(start.scalar(), end.scalar(), step.scalar(), options.options()), options);
    });
}

// Copies row-major data of type `data_dtype` into a new tensor.
INC_API int inc_tensor_from_data(const void* data, int32_t data_dtype, const int64_t* sizes, int32_t rank, Options options,
                                 at::Tensor** result) {
    return returning(result, [&] {
        const auto source = at::from_blob(const_cast<void*>(data), ints(sizes, rank),
                                          at::TensorOptions().dtype(static_cast<at::ScalarType>(data_dtype)));
        const auto dtype = options.dtype < 0 ? source.scalar_type() : static_cast<at::ScalarType>(options.dtype);
        return with_gradient(source.to(options.device(), dtype, /*non_blocking=*/false, /*copy=*/true), options);
    });
}

namespace {
std::vector<at::Tensor> list_of(at::Tensor** tensors, int32_t count) {
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; ++i) {
        list.push_back(*tensors[i]);
    }
    return list;
}
}  // namespace

INC_API int inc_tensor_cat(at::Tensor** tensors, int32_t count, int64_t dim, at::Tensor** result) {
    return returning(result, [&] { return at::cat(list_of(tensors, count), dim); });
}

INC_API int inc_tensor_stack(at::Tensor** tensors, int32_t count, int64_t dim, at::Tensor** result) {
    return returning(result, [&] { return at::stack(list_of(tensors, count), dim); });
}
