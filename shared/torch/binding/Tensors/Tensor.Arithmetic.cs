using static TorchSharp.Native.ArithmeticMethods;
using static TorchSharp.Native.Library;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public Tensor add(Tensor target) => Checked(inc_tensor_add(this, target, Scalar.One, out var result), result);

        /// <summary>this + <paramref name="alpha"/> · <paramref name="target"/>.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Checked(inc_tensor_add(this, target, alpha.Number, out var result), result);

        public Tensor add(Scalar scalar) => Checked(inc_tensor_add_scalar(this, scalar.Number, Scalar.One, out var result), result);

        public Tensor add_(Tensor target) => InPlace(inc_tensor_add_(this, target, Scalar.One));

        /// <summary>this += <paramref name="alpha"/> · <paramref name="target"/>.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => InPlace(inc_tensor_add_(this, target, alpha.Number));

        public Tensor add_(Scalar scalar) => InPlace(inc_tensor_add_scalar_(this, scalar.Number, Scalar.One));

        public Tensor sub(Tensor target) => Checked(inc_tensor_sub(this, target, out var result), result);

        public Tensor sub(Scalar scalar) => Checked(inc_tensor_sub_scalar(this, scalar.Number, out var result), result);

        public Tensor sub_(Tensor target) => InPlace(inc_tensor_sub_(this, target));

        public Tensor sub_(Scalar scalar) => InPlace(inc_tensor_sub_scalar_(this, scalar.Number));

        public Tensor mul(Tensor target) => Checked(inc_tensor_mul(this, target, out var result), result);

        public Tensor mul(Scalar scalar) => Checked(inc_tensor_mul_scalar(this, scalar.Number, out var result), result);

        public Tensor mul_(Tensor target) => InPlace(inc_tensor_mul_(this, target));

        public Tensor mul_(Scalar scalar) => InPlace(inc_tensor_mul_scalar_(this, scalar.Number));

        public Tensor div(Tensor target) => Checked(inc_tensor_div(this, target, out var result), result);

        public Tensor div(Scalar target) => Checked(inc_tensor_div_scalar(this, target.Number, out var result), result);

        public Tensor div_(Tensor target) => InPlace(inc_tensor_div_(this, target));

        public Tensor div_(Scalar target) => InPlace(inc_tensor_div_scalar_(this, target.Number));

        public Tensor neg() => Checked(inc_tensor_neg(this, out var result), result);

        public Tensor abs() => Checked(inc_tensor_abs(this, out var result), result);

        public Tensor sqrt() => Checked(inc_tensor_sqrt(this, out var result), result);

        public Tensor square() => Checked(inc_tensor_square(this, out var result), result);

        public Tensor matmul(Tensor target) => Checked(inc_tensor_matmul(this, target, out var result), result);

        public Tensor fill_(Scalar value) => InPlace(inc_tensor_fill_(this, value.Number));

        public Tensor zero_() => InPlace(inc_tensor_zero_(this));

        public Tensor bernoulli_(double p = 0.5) => InPlace(inc_tensor_bernoulli_(this, p));

        public Tensor normal_(double mean = 0, double stddev = 1) => InPlace(inc_tensor_normal_(this, mean, stddev));

        public Tensor uniform_(double from, double to) => InPlace(inc_tensor_uniform_(this, from, to));

        private Tensor InPlace(int status)
        {
            Check(status);
            return this;
        }
    }
}
