using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params ReadOnlySpan<long> shape) => Checked(inc_tensor_view(this, shape, shape.Length, out var result), result);

        public Tensor reshape(params ReadOnlySpan<long> shape) => Checked(inc_tensor_reshape(this, shape, shape.Length, out var result), result);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Checked(inc_tensor_flatten(this, start_dim, end_dim, out var result), result);

        public Tensor permute(params long[] permutation) => Checked(inc_tensor_permute(this, permutation, permutation.Length, out var result), result);

        public Tensor transpose(long dim0, long dim1) => Checked(inc_tensor_transpose(this, dim0, dim1, out var result), result);

        /// <param name="size">One for each dimension of the result.</param>
        /// <param name="strides">In elements, one for each dimension.</param>
        /// <param name="storageOffset">In elements, from the start of the storage.</param>
        public Tensor as_strided(ReadOnlySpan<long> size, ReadOnlySpan<long> strides, long storageOffset = 0)
        {
            if (size.Length != strides.Length)
                throw new ArgumentException($"{size.Length} sizes and {strides.Length} strides do not make a view.", nameof(strides));
            return Checked(inc_tensor_as_strided(this, size, strides, size.Length, storageOffset, out var result), result);
        }

        public Tensor narrow(long dim, long start, long length) => Checked(inc_tensor_narrow(this, dim, start, length, out var result), result);

        public Tensor slice(long dim, long start, long finish, long step) =>
            Checked(inc_tensor_slice(this, dim, start, finish, step, out var result), result);

        /// <summary>Copies the entries that <paramref name="index"/> (int64, one dimension) names along a dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => Checked(inc_tensor_index_select(this, dim, index, out var result), result);

        public Tensor unsqueeze(long dim) => Checked(inc_tensor_unsqueeze(this, dim, out var result), result);

        public Tensor squeeze() => Checked(inc_tensor_squeeze(this, out var result), result);

        public Tensor squeeze(long dim) => Checked(inc_tensor_squeeze_dim(this, dim, out var result), result);

        public Tensor expand(params long[] sizes) => Checked(inc_tensor_expand(this, sizes, sizes.Length, out var result), result);

        public Tensor detach() => Checked(inc_tensor_detach(this, out var result), result);
    }
}
