#include "extensions/fused_update.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <functional>
#include <vector>

#include "testing.h"

using namespace inception::updates;

namespace {

constexpr int64_t kLength = 200'003;  // several threads' shares, and no multiple of a vector

struct Arenas {
    at::Tensor parameters, gradients, first, second, average;
    std::vector<inc_segment> segments{{70'001, 0.0, false}, {0, 5.0, true}, {130'002, 0.01, true}};

    explicit Arenas(at::ScalarType type) {
        at::manual_seed(20);
        const auto values = [&] { return at::randn({kLength}, at::kDouble).to(type); };
        parameters = values();
        gradients = values();
        first = values().abs_();
        second = values().abs_();
        average = values();
    }

    inc_arenas native(bool averaged = true) {
        return {&parameters, &gradients, &first, &second, averaged ? &average : nullptr,
                segments.data(), static_cast<int64_t>(segments.size()), 0.125, 0.99};
    }
};

using Update = std::function<int(const inc_arenas*, Path)>;

std::vector<Update> updates() {
    return {
        [](auto* arenas, Path path) { return sgd(arenas, path, 0.1, 0, false); },
        [](auto* arenas, Path path) { return sgd(arenas, path, 0.1, 0.9, false); },
        [](auto* arenas, Path path) { return sgd(arenas, path, 0.1, 0.9, true); },
        [](auto* arenas, Path path) { return rmsprop(arenas, path, 0.1, 0.9, 1e-3, 0); },
        [](auto* arenas, Path path) { return rmsprop(arenas, path, 0.1, 0.9, 1e-3, 0.9); },
        [](auto* arenas, Path path) { return rmsprop_tf(arenas, path, 0.1, 0.9, 1e-3, 0); },
        [](auto* arenas, Path path) { return rmsprop_tf(arenas, path, 0.1, 0.9, 1e-3, 0.9); },
        [](auto* arenas, Path path) { return lars(arenas, path, 0.1, 0.01, 0, false); },
        [](auto* arenas, Path path) { return lars(arenas, path, 0.1, 0.01, 0.9, false); },
        [](auto* arenas, Path path) { return lars(arenas, path, 0.1, 0.01, 0.9, true); },
        [](auto* arenas, Path path) { return adamw(arenas, path, 0.1, 0.9, 0.999, 1e-8, 7); },
    };
}

void check_close(const at::Tensor& actual, const at::Tensor& expected, double tolerance) {
    const double error = ((actual - expected).norm() / expected.norm()).item<double>();
    if (!(error <= tolerance)) throw std::runtime_error("relative error " + std::to_string(error));
}

}  // namespace

// ATen's path is what CUDA runs; the CPU can run both.
TEST(Update_BothPaths_Agree) {
    for (const auto type : {at::kFloat, at::kDouble}) {
        const double tolerance = type == at::kFloat ? 1e-6 : 1e-14;
        for (const Update& update : updates()) {
            Arenas fused(type), aten(type);
            const inc_arenas fused_arenas = fused.native(), aten_arenas = aten.native();
            REQUIRE_OK(update(&fused_arenas, Path::kFastest));
            REQUIRE_OK(update(&aten_arenas, Path::kAten));
            check_close(fused.parameters, aten.parameters, tolerance);
            check_close(fused.first, aten.first, tolerance);
            check_close(fused.second, aten.second, tolerance);
            check_close(fused.average, aten.average, tolerance);
            REQUIRE(fused.gradients.equal(Arenas(type).gradients));
        }
    }
}

TEST(Update_AnyNumberOfThreads_GivesTheSameBits) {
    for (const Update& update : updates()) {
        std::vector<Arenas> results;
        for (const int threads : {1, 2, 3}) {
            at::set_num_threads(threads);
            results.emplace_back(at::kFloat);
            const inc_arenas arenas = results.back().native();
            REQUIRE_OK(update(&arenas, Path::kFastest));
            REQUIRE(results.back().parameters.equal(results.front().parameters));
            REQUIRE(results.back().first.equal(results.front().first));
            REQUIRE(results.back().second.equal(results.front().second));
            REQUIRE(results.back().average.equal(results.front().average));
        }
    }
}

TEST(Sgd_Segments_DecayOnlyWhatTheyCover) {
    Arenas arenas(at::kDouble);
    const at::Tensor before = arenas.parameters.clone();
    arenas.gradients.zero_();
    const inc_arenas native = arenas.native(/*averaged=*/false);
    REQUIRE_OK(inc_update_sgd(&native, 0.1, 0, 0));
    const at::Tensor ratio = arenas.parameters / before;
    REQUIRE(ratio.narrow(0, 0, 70'001).eq(1).all().item<bool>());
    REQUIRE(ratio.narrow(0, 70'001, 130'002).sub(1 - 0.1 * 0.01).abs().max().item<double>() < 1e-15);
    REQUIRE(arenas.average.equal(Arenas(at::kDouble).average));
}

TEST(Update_WrongArenas_AreRefused) {
    Arenas arenas(at::kFloat);
    inc_arenas native = arenas.native();

    arenas.segments.back().length -= 1;
    REQUIRE_FAILS(inc_update_sgd(&native, 0.1, 0.9, 0), INC_INVALID_ARGUMENT, "the segments hold 200002 elements");
    arenas.segments.back().length += 1;

    native.second_state = nullptr;
    REQUIRE_FAILS(inc_update_rmsprop(&native, 0.1, 0.9, 1e-3, 0.9), INC_INVALID_ARGUMENT, "the second state is missing");
    at::Tensor other = at::zeros({kLength}, at::kDouble);
    native.second_state = &other;
    REQUIRE_FAILS(inc_update_adamw(&native, 0.1, 0.9, 0.999, 1e-8, 1), INC_INVALID_ARGUMENT, "the second state is not of");
    at::Tensor strided = at::zeros({2 * kLength}).slice(0, 0, 2 * kLength, 2);
    native.gradients = &strided;
    REQUIRE_FAILS(inc_update_sgd(&native, 0.1, 0, 0), INC_INVALID_ARGUMENT, "the gradient arena is not contiguous");
    REQUIRE(arenas.parameters.equal(Arenas(at::kFloat).parameters));
}
