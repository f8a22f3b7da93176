#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <vector>

#include "extensions/fixed_order_sum.h"
#include "testing.h"

namespace {

// The documented order, written down once more and naively.
double expected_sum(const at::Tensor& arena) {
    const at::Tensor values = arena.to(at::kDouble).contiguous();
    const double* data = values.data_ptr<double>();
    double total = 0;
    for (int64_t start = 0; start < values.numel(); start += 65536) {
        std::vector<double> lanes(32, 0.0);
        for (int64_t i = start; i < std::min<int64_t>(start + 65536, values.numel()); ++i) lanes[(i - start) % 32] += data[i] * data[i];
        while (lanes.size() > 1) {
            std::vector<double> halves;
            for (size_t lane = 0; lane < lanes.size() / 2; ++lane) halves.push_back(lanes[lane] + lanes[lane + lanes.size() / 2]);
            lanes = halves;
        }
        total += lanes[0];
    }
    return total;
}

}  // namespace

TEST(SumOfSquares_AnyLengthTypeAndThreads_HasTheDocumentedBits) {
    at::manual_seed(3);
    const at::Tensor values = at::randn({400'009}, at::kDouble);
    for (const auto type : {at::kFloat, at::kDouble}) {
        at::Tensor arena = values.to(type);
        for (const int64_t length : {0, 1, 31, 32, 33, 65'535, 65'536, 65'537, 131'072, 400'009}) {
            const double expected = expected_sum(arena.narrow(0, 0, length));
            for (const int threads : {1, 2, 3}) {
                at::set_num_threads(threads);
                double actual = -1;
                REQUIRE_OK(inc_sum_of_squares(&arena, length, &actual));
                REQUIRE_EQUAL(actual, expected);
            }
        }
    }
}

TEST(SumOfSquares_AtenPath_IsTheSameSum) {
    at::manual_seed(4);
    const at::Tensor arena = at::randn({200'003}, at::kFloat);
    const double actual = inception::aten_sum_of_squares(arena), expected = expected_sum(arena);
    REQUIRE(std::abs(actual - expected) <= 1e-13 * expected);
}

TEST(SumOfSquares_LengthBeyondTheArena_IsRefused) {
    at::Tensor arena = at::zeros({10});
    double result = 0;
    REQUIRE_FAILS(inc_sum_of_squares(&arena, 11, &result), INC_INVALID_ARGUMENT, "[0, 11) of 10");
    at::Tensor halves = at::zeros({10}, at::kHalf);
    REQUIRE_FAILS(inc_sum_of_squares(&halves, 10, &result), INC_INVALID_ARGUMENT, "neither fp32 nor fp64");
}

TEST(AddAndCopy_Ranges_TouchNothingElse) {
    at::Tensor destination = at::arange(10, at::kFloat);
    at::Tensor source = at::arange(100, 110, at::kFloat);
    REQUIRE_OK(inc_arena_add(&destination, 2, &source, 5, 3));
    REQUIRE(destination.equal(at::tensor({0, 1, 107, 109, 111, 5, 6, 7, 8, 9}, at::kFloat)));
    REQUIRE_OK(inc_arena_copy(&destination, 0, &source, 8, 2));
    REQUIRE(destination.equal(at::tensor({108, 109, 107, 109, 111, 5, 6, 7, 8, 9}, at::kFloat)));
    REQUIRE_FAILS(inc_arena_add(&destination, 8, &source, 0, 3), INC_INVALID_ARGUMENT, "destination: elements [8, 11) of 10");
    REQUIRE_FAILS(inc_arena_copy(&destination, 0, &source, -1, 3), INC_INVALID_ARGUMENT, "source");
}
