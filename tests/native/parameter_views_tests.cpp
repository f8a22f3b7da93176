#include <ATen/ATen.h>

#include "testing.h"

TEST(SetData_View_SharesTheArenaWithItsStrides) {
    at::Tensor arena = at::arange(24, at::kFloat);
    at::Tensor parameter = at::zeros({2, 3, 2, 2}).requires_grad_();
    at::Tensor view = arena.as_strided({2, 3, 2, 2}, {12, 1, 6, 3});

    REQUIRE_OK(inc_parameter_set_data(&parameter, &view));

    REQUIRE_EQUAL(parameter.data_ptr<float>(), arena.data_ptr<float>());
    REQUIRE(parameter.strides() == view.strides());
    REQUIRE(parameter.requires_grad() && parameter.is_leaf());
}

TEST(SetGradient_View_IsAccumulatedInPlace) {
    at::Tensor gradients = at::ones({8});
    at::Tensor view = gradients.narrow(0, 2, 4);
    at::Tensor parameter = at::full({4}, 3.0).requires_grad_();
    REQUIRE_OK(inc_parameter_set_gradient(&parameter, &view));

    (parameter * parameter).sum().backward();

    REQUIRE_EQUAL(parameter.grad().data_ptr<float>(), gradients.data_ptr<float>() + 2);
    REQUIRE_EQUAL(gradients[2].item<float>(), 7.0f);
    REQUIRE_EQUAL(gradients[6].item<float>(), 1.0f);
}

TEST(SetData_OtherSizesOrType_IsRefused) {
    at::Tensor parameter = at::zeros({4});
    at::Tensor larger = at::zeros({5});
    at::Tensor wider = at::zeros({4}, at::kDouble);
    REQUIRE_FAILS(inc_parameter_set_data(&parameter, &larger), INC_INVALID_ARGUMENT, "[5]");
    REQUIRE_FAILS(inc_parameter_set_data(&parameter, &wider), INC_INVALID_ARGUMENT, "Double");
    REQUIRE_FAILS(inc_parameter_set_gradient(&parameter, nullptr), INC_INVALID_ARGUMENT, "view is missing");
}
