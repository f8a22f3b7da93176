#include <ATen/ATen.h>

#include <vector>

#include "testing.h"

namespace {

// Three parameters in two buckets: the first two, and the third.
struct Network {
    at::Tensor a = at::full({2}, 1.0).requires_grad_();
    at::Tensor b = at::full({2}, 2.0).requires_grad_();
    at::Tensor c = at::full({2}, 3.0).requires_grad_();
    std::vector<int> ready;
    std::vector<bool> complete;  // at each call: whether the bucket's gradients were all there
    inc_gradient_hooks* hooks = nullptr;

    Network() {
        at::Tensor* parameters[] = {&a, &b, &c};
        const int buckets[] = {0, 0, 1};
        REQUIRE_OK(inc_hooks_create(parameters, buckets, 3, 2, &Network::on_ready, this, &hooks));
    }
    ~Network() {
        if (hooks != nullptr) inc_hooks_free(hooks);
    }

    void backward() { ((a * b).tanh() * c).sum().backward(); }

    static void on_ready(void* context, int bucket) {
        auto* self = static_cast<Network*>(context);
        self->ready.push_back(bucket);
        self->complete.push_back(bucket == 1 ? self->c.grad().defined() : self->a.grad().defined() && self->b.grad().defined());
    }
};

}  // namespace

TEST(Backward_Armed_CallsOnceABucketInBackwardOrder) {
    Network network;
    for (int pass = 0; pass < 3; ++pass) {
        REQUIRE_OK(inc_hooks_arm(network.hooks));
        network.backward();
    }
    REQUIRE((network.ready == std::vector<int>{1, 0, 1, 0, 1, 0}));
    for (const bool complete : network.complete) REQUIRE(complete);
}

TEST(Backward_NotArmed_Fails) {
    Network network;
    bool failed = false;
    try {
        network.backward();
    } catch (const std::exception& error) {
        failed = std::string(error.what()).find("arm() before each backward") != std::string::npos;
    }
    REQUIRE(failed);
    REQUIRE(network.ready.empty());
}

TEST(Backward_UnusedParameter_LeavesItsBucketOut) {
    Network network;
    REQUIRE_OK(inc_hooks_arm(network.hooks));
    (network.a * network.c).sum().backward();
    REQUIRE(network.ready == std::vector<int>{1});
}

TEST(Free_Hooks_NoLongerCalls) {
    Network network;
    inc_hooks_free(network.hooks);
    network.hooks = nullptr;
    network.backward();
    REQUIRE(network.ready.empty());
}

TEST(CreateHooks_WrongArguments_AreRefused) {
    at::Tensor leaf = at::zeros({2}).requires_grad_();
    at::Tensor frozen = at::zeros({2});
    at::Tensor* good[] = {&leaf};
    at::Tensor* bad[] = {&frozen};
    const int first[] = {0};
    const int third[] = {2};
    inc_gradient_hooks* hooks = nullptr;
    const auto ignore = [](void*, int) {};
    REQUIRE_FAILS(inc_hooks_create(bad, first, 1, 1, ignore, nullptr, &hooks), INC_INVALID_ARGUMENT, "requires a gradient");
    REQUIRE_FAILS(inc_hooks_create(good, third, 1, 2, ignore, nullptr, &hooks), INC_INVALID_ARGUMENT, "not in [0, 2)");
    REQUIRE_FAILS(inc_hooks_create(good, first, 1, 2, ignore, nullptr, &hooks), INC_INVALID_ARGUMENT, "bucket 1 has no parameter");
    // A refused creation leaves no hook behind.
    leaf.sum().backward();
}
