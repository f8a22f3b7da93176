// Lifetime, properties and data of a tensor.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

INC_API void inc_tensor_free(at::Tensor* self) { delete self; }

INC_API int inc_tensor_alias(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return *self; });
}

struct Description {
    int64_t elements;
    int64_t storage_offset;
    int32_t rank;
    int32_t dtype;
    int32_t element_size;
    int32_t device_type;
    int32_t device_index;
    int32_t is_contiguous;
    int32_t is_leaf;
    int32_t requires_grad;
};

INC_API int inc_tensor_describe(at::Tensor* self, Description* description) {
    return guarded([&] {
        const auto device = self->device();
        *description = {self->numel(),
                        self->storage_offset(),
                        static_cast<int32_t>(self->dim()),
                        static_cast<int32_t>(self->scalar_type()),
                        static_cast<int32_t>(self->element_size()),
                        static_cast<int32_t>(device.type()),
                        device.index(),
                        self->is_contiguous(),
                        self->is_leaf(),
                        self->requires_grad()};
    });
}

// `values` holds at least as many numbers as the tensor has dimensions.
INC_API int inc_tensor_sizes(at::Tensor* self, int64_t* values) {
    return guarded([&] { std::copy_n(self->sizes().data(), self->dim(), values); });
}

INC_API int inc_tensor_strides(at::Tensor* self, int64_t* values) {
    return guarded([&] { std::copy_n(self->strides().data(), self->dim(), values); });
}

// The address of the first element; valid as long as the tensor's storage.
INC_API int inc_tensor_data(at::Tensor* self, void** address) {
    return guarded([&] { *address = self->data_ptr(); });
}

INC_API int inc_tensor_item_real(at::Tensor* self, double* value) {
    return guarded([&] { *value = self->item().toDouble(); });
}

INC_API int inc_tensor_item_integer(at::Tensor* self, int64_t* value) {
    return guarded([&] { *value = self->item().toLong(); });
}

INC_API int inc_tensor_to_dtype(at::Tensor* self, int32_t dtype, at::Tensor** result) {
    return returning(result, [&] { return self->to(static_cast<at::ScalarType>(dtype)); });
}

INC_API int inc_tensor_to_device(at::Tensor* self, int32_t type, int32_t index, at::Tensor** result) {
    return returning(result, [&] {
        return self->to(at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index)));
    });
}

INC_API int inc_tensor_clone(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->clone(); });
}

INC_API int inc_tensor_contiguous(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->contiguous(); });
}

INC_API int inc_tensor_copy_(at::Tensor* self, at::Tensor* source, bool non_blocking) {
    return guarded([&] { self->copy_(*source, non_blocking); });
}

INC_API int inc_tensor_pin_memory(at::Tensor* self, at::Tensor** result) {
    return returning(result, [&] { return self->pin_memory(); });
}

INC_API int inc_cuda_device_count(int32_t* count) {
    return guarded([&] { *count = at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0; });
}
