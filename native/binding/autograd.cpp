// Gradients.
#include "binding/binding.h"

using namespace inception;
using namespace inception::binding;

INC_API int inc_tensor_set_requires_grad(at::Tensor* self, bool requires_grad) {
    return guarded([&] { self->requires_grad_(requires_grad); });
}

// Leaves `result` null where there is no gradient.
INC_API int inc_tensor_grad(at::Tensor* self, at::Tensor** result) {
    return guarded([&] {
        if (self->grad().defined()) {
            *result = new at::Tensor(self->grad());
        }
    });
}

// `gradient` or null: removes the gradient.
INC_API int inc_tensor_set_grad(at::Tensor* self, at::Tensor* gradient) {
    return guarded([&] { self->mutable_grad() = gradient == nullptr ? at::Tensor() : *gradient; });
}

// `gradient` or null: self has one element, whose gradient is 1.
INC_API int inc_tensor_backward(at::Tensor* self, at::Tensor* gradient, bool retain_graph, bool create_graph) {
    return guarded([&] {
        self->backward(gradient == nullptr ? at::Tensor() : *gradient, retain_graph, create_graph);
    });
}

// Of the calling thread.
INC_API bool inc_grad_mode() { return at::GradMode::is_enabled(); }

INC_API void inc_set_grad_mode(bool enabled) { at::GradMode::set_enabled(enabled); }
