#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <atomic>
#include <memory>
#include <vector>

#include "extensions/arguments.h"
#include "extensions/extensions.h"

using namespace inception;
namespace autograd = torch::autograd;

// Counts each bucket's outstanding gradients down. Graph tasks of several devices may count at once, hence atomics.
struct inc_gradient_hooks {
    inc_gradient_hooks(int bucket_count, inc_bucket_ready ready, void* context)
        : sizes(bucket_count, 0), outstanding(bucket_count), ready(ready), context(context) {}

    ~inc_gradient_hooks() {
        for (auto& [node, key] : attached) node->del_post_hook(key);
    }

    void arm() {
        for (size_t bucket = 0; bucket < sizes.size(); ++bucket) outstanding[bucket] = sizes[bucket];
    }

    void count_down(int bucket) {
        const int before = outstanding[bucket].fetch_sub(1, std::memory_order_acq_rel);
        TORCH_CHECK(before > 0, "bucket ", bucket, " got a gradient more than it has parameters: arm() before each backward");
        if (before == 1) ready(context, bucket);
    }

    std::vector<int> sizes;  // parameters a bucket
    std::vector<std::atomic<int>> outstanding;
    inc_bucket_ready ready;
    void* context;
    // A variable refers to its accumulator only weakly; the hook lives as long as the accumulator is held here.
    std::vector<std::pair<std::shared_ptr<autograd::Node>, uintptr_t>> attached;
};

namespace {

struct CountDown : autograd::FunctionPostHook {
    CountDown(inc_gradient_hooks* hooks, int bucket) : hooks(hooks), bucket(bucket) {}

    autograd::variable_list operator()(const autograd::variable_list& outputs, const autograd::variable_list&) override {
        hooks->count_down(bucket);
        return outputs;
    }

    inc_gradient_hooks* hooks;
    int bucket;
};

}  // namespace

int inc_hooks_create(at::Tensor* const* parameters, const int* bucket_of_parameter, int parameter_count,
                     int bucket_count, inc_bucket_ready ready, void* context, inc_gradient_hooks** hooks) {
    return guarded([&] {
        auto created = std::make_unique<inc_gradient_hooks>(bucket_count, ready, context);
        for (int index = 0; index < parameter_count; ++index) {
            const at::Tensor& parameter = required(parameters[index], "parameter");
            const int bucket = bucket_of_parameter[index];
            require(parameter.is_leaf() && parameter.requires_grad(),
                    c10::str("parameter ", index, " is no leaf that requires a gradient"));
            require(bucket >= 0 && bucket < bucket_count,
                    c10::str("bucket ", bucket, " of parameter ", index, " is not in [0, ", bucket_count, ")"));
            ++created->sizes[bucket];

            auto accumulator = autograd::impl::grad_accumulator(parameter);
            const uintptr_t key = accumulator->add_post_hook(std::make_unique<CountDown>(created.get(), bucket));
            created->attached.emplace_back(std::move(accumulator), key);
        }
        for (int bucket = 0; bucket < bucket_count; ++bucket) {
            require(created->sizes[bucket] > 0, c10::str("bucket ", bucket, " has no parameter"));
        }
        *hooks = created.release();
    });
}

int inc_hooks_arm(inc_gradient_hooks* hooks) {
    return guarded([&] { hooks->arm(); });
}

void inc_hooks_free(inc_gradient_hooks* hooks) {
    delete hooks;
}
