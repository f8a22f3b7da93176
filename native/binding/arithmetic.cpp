// Element-wise arithmetic, comparisons, reductions and random fills.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

INC_API int inc_tensor_add(at::Tensor* self, at::Tensor* other, Number alpha, at::Tensor** result) {
    return returning(result, [&] { return self->add(*other, alpha.scalar()); });
}

INC_API int inc_tensor_add_scalar(at::Tensor* self, Number other, Number alpha, at::Tensor** result) {
    return returning(result, [&] { return self->add(other.scalar(), alpha.scalar()); });
}

INC_API int inc_tensor_add_(at::Tensor* self, at::Tensor* other, Number alpha) {
    return guarded([&] { self->add_(*other, alpha.scalar()); });
}

INC_API int inc_tensor_add_scalar_(at::Tensor* self, Number other, Number alpha) {
    return guarded([&] { self->add_(other.scalar(), alpha.scalar()); });
}

INC_API int inc_tensor_sub(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->sub(*other); });
}

INC_API int inc_tensor_sub_scalar(at::Tensor* self, Number other, at::Tensor** result) {
    return returning(result, [&] { return self->sub(other.scalar()); });
}

INC_API int inc_tensor_sub_(at::Tensor* self, at::Tensor* other) {
    return guarded([&] { self->sub_(*other); });
}

INC_API int inc_tensor_sub_scalar_(at::Tensor* self, Number other) {
    return guarded([&] { self->sub_(other.scalar()); });
}

INC_API int inc_tensor_mul(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->mul(*other); });
}

INC_API int inc_tensor_mul_scalar(at::Tensor* self, Number other, at::Tensor** result) {
    return returning(result, [&] { return self->mul(other.scalar()); });
}

INC_API int inc_tensor_mul_(at::Tensor* self, at::Tensor* other) {
    return guarded([&] { self->mul_(*other); });
}

INC_API int inc_tensor_mul_scalar_(at::Tensor* self, Number other) {
    return guarded([&] { self->mul_(other.scalar()); });
}

INC_API int inc_tensor_div(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->div(*other); });
}

INC_API int inc_tensor_div_scalar(at::Tensor* self, Number other, at::Tensor** result) {
    return returning(result, [&] { return self->div(other.scalar()); });
}

INC_API int inc_tensor_div_(at::Tensor* self, at::Tensor* other) {
    return guarded([&] { self->div_(*other); });
}

INC_API int inc_tensor_div_scalar_(at::Tensor* self, Number other) {
    return guarded([&] { self->div_(other.scalar()); });
}

INC_API int inc_tensor_neg(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->neg(); });
}

INC_API int inc_tensor_abs(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->abs(); });
}

INC_API int inc_tensor_sqrt(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->sqrt(); });
}

INC_API int inc_tensor_square(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->square(); });
}

INC_API int inc_tensor_matmul(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->matmul(*other); });
}

INC_API int inc_tensor_fill_(at::Tensor* self, Number value) {
    return guarded([&] { self->fill_(value.scalar()); });
}

INC_API int inc_tensor_zero_(at::Tensor* self) {
    return guarded([&] { self->zero_(); });
}

INC_API int inc_tensor_eq(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->eq(*other); });
}

INC_API int inc_tensor_eq_scalar(at::Tensor* self, Number other, at::Tensor** result) {
    return returning(result, [&] { return self->eq(other.scalar()); });
}

INC_API int inc_tensor_gt(at::Tensor* self, at::Tensor* other, at::Tensor** result) {
    return returning(result, [&] { return self->gt(*other); });
}

INC_API int inc_tensor_gt_scalar(at::Tensor* self, Number other, at::Tensor** result) {
    return returning(result, [&] { return self->gt(other.scalar()); });
}

INC_API int inc_tensor_isfinite(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->isfinite(); });
}

INC_API int inc_tensor_all(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->all(); });
}

INC_API int inc_tensor_sum(at::Tensor* self, int32_t dtype, at::Tensor** result) {
    return returning(result, [&] { return self->sum(optional_dtype(dtype)); });
}

INC_API int inc_tensor_sum_dims(at::Tensor* self, const int64_t* dims, int32_t count, bool keepdim, int32_t dtype,
                                at::Tensor** result) {
    return returning(result, [&] { return self->sum(ints(dims, count), keepdim, optional_dtype(dtype)); });
}

INC_API int inc_tensor_mean(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->mean(); });
}

INC_API int inc_tensor_mean_dims(at::Tensor* self, const int64_t* dims, int32_t count, bool keepdim, int32_t dtype,
                                 at::Tensor** result) {
    return returning(result, [&] { return self->mean(ints(dims, count), keepdim, optional_dtype(dtype)); });
}

INC_API int inc_tensor_max(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->max(); });
}

INC_API int inc_tensor_max_dim(at::Tensor* self, int64_t dim, bool keepdim, at::Tensor** values, at::Tensor** indexes) {
    return returning_pair(values, indexes, [&] { return self->max(dim, keepdim); });
}

INC_API int inc_tensor_argmax(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->argmax(); });
}

INC_API int inc_tensor_argmax_dim(at::Tensor* self, int64_t dim, bool keepdim, at::Tensor** result) {
    return returning(result, [&] { return self->argmax(dim, keepdim); });
}

INC_API int inc_tensor_topk(at::Tensor* self, int32_t k, int32_t dim, bool largest, bool sorted, at::Tensor** values,
                            at::Tensor** indexes) {
    return returning_pair(values, indexes, [&] { return self->topk(k, dim, largest, sorted); });
}

INC_API int inc_tensor_norm(at::Tensor* self, double p, at::Tensor** result) {
    return returning(result, [&] { return self->norm(p); });
}

INC_API int inc_tensor_bernoulli_(at::Tensor* self, double p) {
    return guarded([&] { self->bernoulli_(p); });
}

INC_API int inc_tensor_normal_(at::Tensor* self, double mean, double deviation) {
    return guarded([&] { self->normal_(mean, deviation); });
}

INC_API int inc_tensor_uniform_(at::Tensor* self, double from, double to) {
    return guarded([&] { self->uniform_(from, to); });
}

// Seeds the default generators, which belong to the process, of every device.
INC_API int inc_manual_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}
