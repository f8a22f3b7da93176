using TorchSharp.Native;
using static TorchSharp.Native.ArithmeticMethods;
using static TorchSharp.Native.Library;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Checked(inc_tensor_eq(this, target, out var result), result);

        public Tensor eq(Scalar target) => Checked(inc_tensor_eq_scalar(this, target.Number, out var result), result);

        public Tensor gt(Tensor target) => Checked(inc_tensor_gt(this, target, out var result), result);

        public Tensor gt(Scalar target) => Checked(inc_tensor_gt_scalar(this, target.Number, out var result), result);

        public Tensor isfinite() => Checked(inc_tensor_isfinite(this, out var result), result);

        public Tensor all() => Checked(inc_tensor_all(this, out var result), result);

        public Tensor sum(ScalarType? type = null) => Checked(inc_tensor_sum(this, Options.DType(type), out var result), result);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            Checked(inc_tensor_sum_dims(this, dim, dim.Length, keepdim, Options.DType(type), out var result), result);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor mean() => Checked(inc_tensor_mean(this, out var result), result);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Checked(inc_tensor_mean_dims(this, dimensions, dimensions.Length, keepdim, Options.DType(type), out var result), result);

        public Tensor max() => Checked(inc_tensor_max(this, out var result), result);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Checked(inc_tensor_max_dim(this, dim, keepdim, out var values, out var indexes), (values, indexes));

        public Tensor argmax() => Checked(inc_tensor_argmax(this, out var result), result);

        public Tensor argmax(long dim, bool keepdim = false) => Checked(inc_tensor_argmax_dim(this, dim, keepdim, out var result), result);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Checked(inc_tensor_topk(this, k, dim, largest, sorted, out var values, out var indexes), (values, indexes));

        /// <summary>(Σ |x|^p)^(1/p) over all elements.</summary>
        public Tensor norm(float p = 2) => Checked(inc_tensor_norm(this, p, out var result), result);

        public Tensor softmax(long dim, ScalarType? dtype = null) => nn.functional.softmax(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => nn.functional.log_softmax(this, dim, dtype);

        public Tensor relu() => nn.functional.relu(this);

        public Tensor relu_() => nn.functional.relu(this, inplace: true);
    }
}
