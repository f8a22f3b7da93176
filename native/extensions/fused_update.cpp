// Optimiser steps over flat arenas: one pass, each input read once and each output written once.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <array>
#include <cmath>
#include <utility>

#include "extensions/arguments.h"
#include "extensions/extensions.h"
#include "extensions/fixed_order_sum.h"
#include "extensions/fused_update.h"

using namespace inception;
using namespace inception::updates;

namespace {

// Elements that a thread takes at least; small next to any model, large next to the cost of waking a thread.
constexpr int64_t kGrain = 65536;

template <class T>
T* data_or_null(at::Tensor* tensor) {
    return tensor == nullptr ? nullptr : tensor->data_ptr<T>();
}

template <class T, class Rule, bool Averaged>
void fused_range(const inc_arenas& arenas, const Rule& rule, const Decay<T, Rule>& decay, int64_t begin, int64_t end) {
    T* __restrict parameters = arenas.parameters->data_ptr<T>();
    const T* __restrict gradients = arenas.gradients->data_ptr<T>();
    T* __restrict first = data_or_null<T>(arenas.first_state);
    T* __restrict second = data_or_null<T>(arenas.second_state);
    T* __restrict average = data_or_null<T>(arenas.average);
    const T keep = T(arenas.average_decay), take = T(1 - arenas.average_decay);

    for (int64_t i = begin; i < end; ++i) {
        const T gradient = decay.gradient(gradients[i], parameters[i]);
        const T decayed = decay.parameter(parameters[i]);
        T updated;
        if constexpr (Rule::kStates == 0) {
            updated = rule(decayed, gradient);
        } else if constexpr (Rule::kStates == 1) {
            updated = rule(decayed, gradient, first[i]);
        } else {
            updated = rule(decayed, gradient, first[i], second[i]);
        }
        parameters[i] = updated;
        if constexpr (Averaged) average[i] = keep * average[i] + take * updated;
    }
}

template <class T, class Rule>
void fused_segment(const inc_arenas& arenas, const Rule& rule, double weight_decay, int64_t begin, int64_t end) {
    const Decay<T, Rule> decay(rule, arenas.gradient_scale, weight_decay);
    at::parallel_for(begin, end, kGrain, [&](int64_t from, int64_t to) {
        if (arenas.average != nullptr) {
            fused_range<T, Rule, true>(arenas, rule, decay, from, to);
        } else {
            fused_range<T, Rule, false>(arenas, rule, decay, from, to);
        }
    });
}

// The same rule with ATen's operators, for devices that the fused pass has no kernel for.
template <class Rule>
void aten_segment(const inc_arenas& arenas, const Rule& rule, double weight_decay, int64_t begin, int64_t end) {
    const Decay<double, Rule> decay(rule, arenas.gradient_scale, weight_decay);
    const auto slice = [&](at::Tensor* arena) { return arena->narrow(0, begin, end - begin); };

    at::Tensor parameter = slice(arenas.parameters);
    const at::Tensor gradient = decay.gradient(slice(arenas.gradients), parameter);
    const at::Tensor decayed = decay.parameter(parameter);
    if constexpr (Rule::kStates == 0) {
        parameter.copy_(rule(decayed, gradient));
    } else {
        at::Tensor first_slice = slice(arenas.first_state), first = first_slice;
        if constexpr (Rule::kStates == 1) {
            parameter.copy_(rule(decayed, gradient, first));
        } else {
            at::Tensor second_slice = slice(arenas.second_state), second = second_slice;
            parameter.copy_(rule(decayed, gradient, first, second));
            second_slice.copy_(second);
        }
        first_slice.copy_(first);
    }
    if (arenas.average != nullptr) slice(arenas.average).mul_(arenas.average_decay).add_(parameter, 1 - arenas.average_decay);
}

void check(const inc_arenas& arenas, int states) {
    const at::Tensor& parameters = required_arena(arenas.parameters, "the parameter arena");
    const auto check_like = [&](at::Tensor* tensor, const char* name) {
        const at::Tensor& arena = required_arena(tensor, name);
        require(arena.dim() == 1 && arena.numel() == parameters.numel() && arena.dtype() == parameters.dtype() &&
                    arena.device() == parameters.device(),
                c10::str(name, " is not of the parameters' length, type and device"));
    };
    check_like(arenas.parameters, "the parameter arena");
    check_like(arenas.gradients, "the gradient arena");
    if (states >= 1) check_like(arenas.first_state, "the first state");
    if (states >= 2) check_like(arenas.second_state, "the second state");
    if (arenas.average != nullptr) check_like(arenas.average, "the average");

    int64_t total = 0;
    for (int64_t index = 0; index < arenas.segment_count; ++index) {
        require(arenas.segments[index].length >= 0, "a segment's length is negative");
        total += arenas.segments[index].length;
    }
    require(total == parameters.numel(),
            c10::str("the segments hold ", total, " elements, the arenas ", parameters.numel()));
}

// Calls segment(segment, begin, end) for each that holds an element.
template <class Segment>
void for_each_segment(const inc_arenas& arenas, Segment&& segment) {
    int64_t begin = 0;
    for (int64_t index = 0; index < arenas.segment_count; ++index) {
        const int64_t end = begin + arenas.segments[index].length;
        if (end > begin) segment(arenas.segments[index], begin, end);
        begin = end;
    }
}

template <template <class> class Rule, class... Settings>
void update_segment(const inc_arenas& arenas, Path path, double weight_decay, int64_t begin, int64_t end,
                    Settings... settings) {
    if (path == Path::kAten || !arenas.parameters->is_cpu()) {
        aten_segment(arenas, Rule<double>(settings...), weight_decay, begin, end);
    } else if (arenas.parameters->scalar_type() == at::kDouble) {
        fused_segment<double>(arenas, Rule<double>(settings...), weight_decay, begin, end);
    } else {
        fused_segment<float>(arenas, Rule<float>(settings...), weight_decay, begin, end);
    }
}

// Calls segment(segment, begin, end) for each, after the arenas were checked to fit each other and the rule.
template <int States, class Segment>
int update_all(const inc_arenas* arenas, Segment&& segment) {
    return guarded([&] {
        require(arenas != nullptr, "the arenas are missing");
        check(*arenas, States);
        const at::NoGradGuard no_grad;
        for_each_segment(*arenas, segment);
    });
}

template <template <class> class Rule, class... Settings>
int update(const inc_arenas* arenas, Path path, Settings... settings) {
    return update_all<Rule<double>::kStates>(arenas, [&](const inc_segment& segment, int64_t begin, int64_t end) {
        update_segment<Rule>(*arenas, path, segment.weight_decay, begin, end, settings...);
    });
}

// The tensor's own factor of the learning rate; 1 where a norm of 0 says nothing of the scales (a weight that starts at 0).
double trust_ratio(const inc_arenas& arenas, double coefficient, double weight_decay, int64_t begin, int64_t end) {
    const auto norm = [&](at::Tensor* arena) { return std::sqrt(sum_of_squares(arena->narrow(0, begin, end - begin))); };
    const double weights = norm(arenas.parameters);
    const double gradients = std::abs(arenas.gradient_scale) * norm(arenas.gradients);
    if (weights == 0 || gradients == 0) return 1;
    return coefficient * weights / (gradients + weight_decay * weights);
}

// As update(), but each adaptive segment has its own learning rate, the first of the rule's settings.
template <template <class> class Rule, class... Settings>
int layerwise_update(const inc_arenas* arenas, Path path, double learning_rate, double trust_coefficient,
                     Settings... settings) {
    return update_all<Rule<double>::kStates>(arenas, [&](const inc_segment& segment, int64_t begin, int64_t end) {
        const double ratio =
            segment.adaptive ? trust_ratio(*arenas, trust_coefficient, segment.weight_decay, begin, end) : 1;
        update_segment<Rule>(*arenas, path, segment.weight_decay, begin, end, learning_rate * ratio, settings...);
    });
}

}  // namespace

namespace inception::updates {

int sgd(const inc_arenas* arenas, Path path, double learning_rate, double momentum, bool nesterov) {
    if (momentum == 0) return update<Sgd>(arenas, path, learning_rate);
    if (nesterov) return update<SgdNesterov>(arenas, path, learning_rate, momentum);
    return update<SgdMomentum>(arenas, path, learning_rate, momentum);
}

int rmsprop(const inc_arenas* arenas, Path path, double learning_rate, double decay, double epsilon, double momentum) {
    if (momentum == 0) return update<RmsProp>(arenas, path, learning_rate, decay, epsilon);
    return update<RmsPropMomentum>(arenas, path, learning_rate, decay, epsilon, momentum);
}

int rmsprop_tf(const inc_arenas* arenas, Path path, double learning_rate, double decay, double epsilon, double momentum) {
    if (momentum == 0) return update<RmsPropTf>(arenas, path, learning_rate, decay, epsilon);
    return update<RmsPropTfMomentum>(arenas, path, learning_rate, decay, epsilon, momentum);
}

int lars(const inc_arenas* arenas, Path path, double learning_rate, double trust_coefficient, double momentum,
         bool nesterov) {
    if (momentum == 0) return layerwise_update<Sgd>(arenas, path, learning_rate, trust_coefficient);
    if (nesterov) return layerwise_update<LarsNesterov>(arenas, path, learning_rate, trust_coefficient, momentum);
    return layerwise_update<LarsMomentum>(arenas, path, learning_rate, trust_coefficient, momentum);
}

int adamw(const inc_arenas* arenas, Path path, double learning_rate, double beta1, double beta2, double epsilon,
          int64_t step) {
    return update<AdamW>(arenas, path, learning_rate, beta1, beta2, epsilon, step);
}

}  // namespace inception::updates

int inc_update_sgd(const inc_arenas* arenas, double learning_rate, double momentum, int nesterov) {
    return sgd(arenas, Path::kFastest, learning_rate, momentum, nesterov != 0);
}

int inc_update_rmsprop(const inc_arenas* arenas, double learning_rate, double decay, double epsilon, double momentum) {
    return rmsprop(arenas, Path::kFastest, learning_rate, decay, epsilon, momentum);
}

int inc_update_rmsprop_tf(const inc_arenas* arenas, double learning_rate, double decay, double epsilon, double momentum) {
    return rmsprop_tf(arenas, Path::kFastest, learning_rate, decay, epsilon, momentum);
}

int inc_update_lars(const inc_arenas* arenas, double learning_rate, double trust_coefficient, double momentum,
                    int nesterov) {
    return lars(arenas, Path::kFastest, learning_rate, trust_coefficient, momentum, nesterov != 0);
}

int inc_update_adamw(const inc_arenas* arenas, double learning_rate, double beta1, double beta2, double epsilon,
                     int64_t step) {
    return adamw(arenas, Path::kFastest, learning_rate, beta1, beta2, epsilon, step);
}
