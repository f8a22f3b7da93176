// Views: other shapes over the same storage.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

INC_API int inc_tensor_view(at::Tensor* self, const int64_t* sizes, int32_t rank, at::Tensor** result) {
    return returning(result, [&] { return self->view(ints(sizes, rank)); });
}

INC_API int inc_tensor_reshape(at::Tensor* self, const int64_t* sizes, int32_t rank, at::Tensor** result) {
    return returning(result, [&] { return self->reshape(ints(sizes, rank)); });
}

INC_API int inc_tensor_flatten(at::Tensor* self, int64_t start_dim, int64_t end_dim, at::Tensor** result) {
    return returning(result, [&] { return self->flatten(start_dim, end_dim); });
}

INC_API int inc_tensor_permute(at::Tensor* self, const int64_t* dims, int32_t rank, at::Tensor** result) {
    return returning(result, [&] { return self->permute(ints(dims, rank)); });
}

INC_API int inc_tensor_transpose(at::Tensor* self, int64_t dim0, int64_t dim1, at::Tensor** result) {
    return returning(result, [&] { return self->transpose(dim0, dim1); });
}

INC_API int inc_tensor_as_strided(at::Tensor* self, const int64_t* sizes, const int64_t* strides, int32_t rank, int64_t offset,
                                  at::Tensor** result) {
    return returning(result, [&] { return self->as_strided(ints(sizes, rank), ints(strides, rank), offset); });
}

INC_API int inc_tensor_slice(at::Tensor* self, int64_t dim, int64_t start, int64_t finish, int64_t step, at::Tensor** result) {
    return returning(result, [&] { return self->slice(dim, start, finish, step); });
}

INC_API int inc_tensor_narrow(at::Tensor* self, int64_t dim, int64_t start, int64_t length, at::Tensor** result) {
    return returning(result, [&] { return self->narrow(dim, start, length); });
}

INC_API int inc_tensor_index_select(at::Tensor* self, int64_t dim, at::Tensor* index, at::Tensor** result) {
    return returning(result, [&] { return self->index_select(dim, *index); });
}

INC_API int inc_tensor_unsqueeze(at::Tensor* self, int64_t dim, at::Tensor** result) {
    return returning(result, [&] { return self->unsqueeze(dim); });
}

INC_API int inc_tensor_squeeze(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->squeeze(); });
}

INC_API int inc_tensor_squeeze_dim(at::Tensor* self, int64_t dim, at::Tensor** result) {
    return returning(result, [&] { return self->squeeze(dim); });
}

INC_API int inc_tensor_expand(at::Tensor* self, const int64_t* sizes, int32_t rank, at::Tensor** result) {
    return returning(result, [&] { return self->expand(ints(sizes, rank)); });
}

INC_API int inc_tensor_detach(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->detach(); });
}
