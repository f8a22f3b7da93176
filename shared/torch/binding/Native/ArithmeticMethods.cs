using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>native/binding/arithmetic.cpp.</summary>
internal static partial class ArithmeticMethods
{
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_add(Tensor self, Tensor other, Number alpha, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_add_scalar(Tensor self, Number other, Number alpha, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_add_(Tensor self, Tensor other, Number alpha);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_add_scalar_(Tensor self, Number other, Number alpha);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sub(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sub_scalar(Tensor self, Number other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sub_(Tensor self, Tensor other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sub_scalar_(Tensor self, Number other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mul(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mul_scalar(Tensor self, Number other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mul_(Tensor self, Tensor other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mul_scalar_(Tensor self, Number other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_div(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_div_scalar(Tensor self, Number other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_div_(Tensor self, Tensor other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_div_scalar_(Tensor self, Number other);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_neg(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_abs(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sqrt(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_square(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_matmul(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_fill_(Tensor self, Number value);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_zero_(Tensor self);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_eq(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_eq_scalar(Tensor self, Number other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_gt(Tensor self, Tensor other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_gt_scalar(Tensor self, Number other, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_isfinite(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_all(Tensor self, out Tensor result);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sum(Tensor self, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sum_dims(Tensor self, ReadOnlySpan<long> dims, int count, [MarshalAs(UnmanagedType.U1)] bool keepdim, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mean(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_mean_dims(Tensor self, ReadOnlySpan<long> dims, int count, [MarshalAs(UnmanagedType.U1)] bool keepdim, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_max(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_max_dim(Tensor self, long dim, [MarshalAs(UnmanagedType.U1)] bool keepdim, out Tensor values, out Tensor indexes);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_argmax(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_argmax_dim(Tensor self, long dim, [MarshalAs(UnmanagedType.U1)] bool keepdim, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_topk(Tensor self, int k, int dim, [MarshalAs(UnmanagedType.U1)] bool largest, [MarshalAs(UnmanagedType.U1)] bool sorted, out Tensor values, out Tensor indexes);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_norm(Tensor self, double p, out Tensor result);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_bernoulli_(Tensor self, double p);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_normal_(Tensor self, double mean, double deviation);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_uniform_(Tensor self, double from, double to);
    [LibraryImport(Library.Name)] internal static partial int inc_manual_seed(long seed);
}
