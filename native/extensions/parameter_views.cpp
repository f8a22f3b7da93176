#include <ATen/ATen.h>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

using namespace inception;

namespace {

void require_alike(const at::Tensor& parameter, const at::Tensor& view) {
    require(parameter.is_leaf(), "the parameter is not a leaf of the autograd graph");
    require(parameter.sizes() == view.sizes(),
            c10::str("the view's sizes ", view.sizes(), " are not the parameter's ", parameter.sizes()));
    require(parameter.scalar_type() == view.scalar_type(),
            c10::str("the view is ", view.scalar_type(), ", the parameter ", parameter.scalar_type()));
}

}  // namespace

int inc_parameter_set_data(at::Tensor* parameter, at::Tensor* view) {
    return guarded([&] {
        require_alike(required(parameter, "parameter"), required(view, "view"));
        parameter->set_data(view->detach());
    });
}

int inc_parameter_set_gradient(at::Tensor* parameter, at::Tensor* view) {
    return guarded([&] {
        require_alike(required(parameter, "parameter"), required(view, "view"));
        require(parameter->device() == view->device(), "the gradient's device is not the parameter's");
        parameter->mutable_grad() = view->detach();
    });
}
