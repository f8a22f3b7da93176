// The optimisers' mathematics, once. T is the type of the scalars (each rounded to it once); V is what they apply to: one
// element of type T in the CPU's fused pass, or an at::Tensor where ATen does the arithmetic. A rule is called with the
// gradient after scaling and weight decay; it updates the states and returns the new parameter.
//
// Plain expressions on purpose: the compiler vectorises them without changing a bit, since this library is built without
// contraction and fast-math.
#pragma once

#include <cmath>
#include <cstdint>

namespace inception::updates {

using std::sqrt;  // and at::sqrt, which argument-dependent lookup finds

template <class T>
struct Sgd {
    static constexpr int kStates = 0;
    static constexpr bool kDecoupledDecay = false;
    T learning_rate;

    explicit Sgd(double learning_rate) : learning_rate(T(learning_rate)) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient) const {
        return parameter - learning_rate * gradient;
    }
};

template <class T>
struct SgdMomentum {
    static constexpr int kStates = 1;
    static constexpr bool kDecoupledDecay = false;
    T learning_rate, momentum;

    SgdMomentum(double learning_rate, double momentum) : learning_rate(T(learning_rate)), momentum(T(momentum)) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& buffer) const {
        buffer = momentum * buffer + gradient;
        return parameter - learning_rate * buffer;
    }
};

template <class T>
struct SgdNesterov : SgdMomentum<T> {
    using SgdMomentum<T>::SgdMomentum;

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& buffer) const {
        buffer = this->momentum * buffer + gradient;
        return parameter - this->learning_rate * (gradient + this->momentum * buffer);
    }
};

// Momentum with the learning rate inside the buffer, as LARS has it: a tensor's rate changes from step to step, and what the
// buffer holds keeps the rates that it was made with.
template <class T>
struct LarsMomentum {
    static constexpr int kStates = 1;
    static constexpr bool kDecoupledDecay = false;
    T learning_rate, momentum;

    LarsMomentum(double learning_rate, double momentum) : learning_rate(T(learning_rate)), momentum(T(momentum)) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& buffer) const {
        buffer = momentum * buffer + learning_rate * gradient;
        return parameter - buffer;
    }
};

template <class T>
struct LarsNesterov : LarsMomentum<T> {
    using LarsMomentum<T>::LarsMomentum;

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& buffer) const {
        const V step = this->learning_rate * gradient;
        buffer = this->momentum * buffer + step;
        return parameter - (this->momentum * buffer + step);
    }
};

// PyTorch's RMSprop: epsilon outside the root.
template <class T>
struct RmsProp {
    static constexpr int kStates = 1;
    static constexpr bool kDecoupledDecay = false;
    T learning_rate, decay, complement, epsilon;

    RmsProp(double learning_rate, double decay, double epsilon)
        : learning_rate(T(learning_rate)), decay(T(decay)), complement(T(1 - decay)), epsilon(T(epsilon)) {}

    template <class V>
    V scaled(const V& gradient, V& square_average) const {
        square_average = decay * square_average + complement * (gradient * gradient);
        return gradient / (sqrt(square_average) + epsilon);
    }

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& square_average) const {
        return parameter - learning_rate * scaled(gradient, square_average);
    }
};

template <class T>
struct RmsPropMomentum : RmsProp<T> {
    static constexpr int kStates = 2;
    T momentum;

    RmsPropMomentum(double learning_rate, double decay, double epsilon, double momentum)
        : RmsProp<T>(learning_rate, decay, epsilon), momentum(T(momentum)) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& square_average, V& buffer) const {
        buffer = momentum * buffer + this->scaled(gradient, square_average);
        return parameter - this->learning_rate * buffer;
    }
};

// TensorFlow's RMSProp: epsilon inside the root, and the learning rate inside the momentum buffer, so that a change of it
// does not rescale the buffer's past. The square average starts at 1 there, which is the caller's to do.
template <class T>
struct RmsPropTf {
    static constexpr int kStates = 1;
    static constexpr bool kDecoupledDecay = false;
    T learning_rate, complement, epsilon;

    RmsPropTf(double learning_rate, double decay, double epsilon)
        : learning_rate(T(learning_rate)), complement(T(1 - decay)), epsilon(T(epsilon)) {}

    template <class V>
    V scaled(const V& gradient, V& square_average) const {
        square_average = square_average + complement * (gradient * gradient - square_average);
        return learning_rate * gradient / sqrt(square_average + epsilon);
    }

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& square_average) const {
        return parameter - scaled(gradient, square_average);
    }
};

template <class T>
struct RmsPropTfMomentum : RmsPropTf<T> {
    static constexpr int kStates = 2;
    T momentum;

    RmsPropTfMomentum(double learning_rate, double decay, double epsilon, double momentum)
        : RmsPropTf<T>(learning_rate, decay, epsilon), momentum(T(momentum)) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& square_average, V& buffer) const {
        buffer = momentum * buffer + this->scaled(gradient, square_average);
        return parameter - buffer;
    }
};

template <class T>
struct AdamW {
    static constexpr int kStates = 2;
    static constexpr bool kDecoupledDecay = true;
    double learning_rate;
    T beta1, complement1, beta2, complement2, epsilon, step_size, root_of_correction2;

    AdamW(double learning_rate, double beta1, double beta2, double epsilon, int64_t step)
        : learning_rate(learning_rate),
          beta1(T(beta1)),
          complement1(T(1 - beta1)),
          beta2(T(beta2)),
          complement2(T(1 - beta2)),
          epsilon(T(epsilon)),
          step_size(T(learning_rate / (1 - std::pow(beta1, double(step))))),
          root_of_correction2(T(std::sqrt(1 - std::pow(beta2, double(step))))) {}

    template <class V>
    V operator()(const V& parameter, const V& gradient, V& first_moment, V& second_moment) const {
        first_moment = beta1 * first_moment + complement1 * gradient;
        second_moment = beta2 * second_moment + complement2 * (gradient * gradient);
        return parameter - step_size * (first_moment / (sqrt(second_moment) / root_of_correction2 + epsilon));
    }
};

// What precedes a rule: the gradient is scaled, then the weights decay, through the gradient or, for AdamW, directly.
template <class T, class Rule>
struct Decay {
    T gradient_scale, amount;

    Decay(const Rule& rule, double gradient_scale, double weight_decay) : gradient_scale(T(gradient_scale)) {
        if constexpr (Rule::kDecoupledDecay) {
            amount = T(1 - rule.learning_rate * weight_decay);
        } else {
            amount = T(weight_decay);
        }
    }

    template <class V>
    V parameter(const V& value) const {
        if constexpr (Rule::kDecoupledDecay) return value * amount;
        return value;
    }

    template <class V>
    V gradient(const V& gradient, const V& parameter) const {
        V scaled = gradient * gradient_scale;
        if constexpr (!Rule::kDecoupledDecay) return scaled + amount * parameter;
        return scaled;
    }
};

}  // namespace inception::updates
