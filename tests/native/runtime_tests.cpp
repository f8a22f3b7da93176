#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>

#include <cstring>

#include "testing.h"

TEST(SetThreads_Any_IsWhatTheLibrariesReport) {
    for (const int threads : {1, 2, 1}) {
        REQUIRE_OK(inc_runtime_set_threads(threads));
        REQUIRE_EQUAL(at::get_num_threads(), threads);
        REQUIRE_EQUAL(at::get_num_interop_threads(), 1);
    }
    REQUIRE_FAILS(inc_runtime_set_threads(0), INC_INVALID_ARGUMENT, "at least 1");
}

TEST(Facts_AllButTheOptional_AreKnown) {
    for (const int fact : {INC_FACT_LIBTORCH, INC_FACT_LIBTORCH_BUILT, INC_FACT_ONEDNN, INC_FACT_BLAS, INC_FACT_CPU_CAPABILITY, INC_FACT_COMPILER}) {
        const char* text = nullptr;
        REQUIRE_OK(inc_runtime_fact(fact, &text));
        REQUIRE(std::strlen(text) > 0);
    }
    const char* text = nullptr;
    REQUIRE_FAILS(inc_runtime_fact(99, &text), INC_INVALID_ARGUMENT, "99");
}

TEST(Autocast_EnterAndLeave_CastsInBetweenOnly) {
    const at::Tensor left = at::ones({4, 4}), right = at::ones({4, 4});
    int outer = -1, inner = -1;
    REQUIRE_OK(inc_autocast_cpu_enter(&outer));
    REQUIRE_OK(inc_autocast_cpu_enter(&inner));
    REQUIRE_OK(inc_autocast_cpu_leave(inner));
    REQUIRE(at::mm(left, right).scalar_type() == at::kBFloat16);
    REQUIRE_OK(inc_autocast_cpu_leave(outer));
    REQUIRE(at::mm(left, right).scalar_type() == at::kFloat);
}

// The cache outlives an update in place, and would go on computing with the old weights.
TEST(ClearAutocastCache_WeightChangedInPlace_IsCastAgain) {
    const at::Tensor input = at::ones({1, 2});
    at::Tensor weight = at::ones({2, 1}).requires_grad_();
    int previous = -1;
    REQUIRE_OK(inc_autocast_cpu_enter(&previous));
    const auto product = [&] { return at::mm(input, weight).item<float>(); };
    REQUIRE_EQUAL(product(), 2.0f);
    weight.data().fill_(3);
    REQUIRE_EQUAL(product(), 2.0f);
    REQUIRE_OK(inc_autocast_clear_cache());
    REQUIRE_EQUAL(product(), 6.0f);
    REQUIRE_OK(inc_autocast_cpu_leave(previous));
}
