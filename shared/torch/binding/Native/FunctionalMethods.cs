using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>native/binding/functional.cpp.</summary>
internal static partial class FunctionalMethods
{
    [LibraryImport(Library.Name)] internal static partial int inc_nn_conv2d(Tensor input, Tensor weight, Tensor? bias, Sizes stride, Sizes padding, Sizes dilation, long groups, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_linear(Tensor input, Tensor weight, Tensor? bias, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight, Tensor? bias, [MarshalAs(UnmanagedType.U1)] bool training, double momentum, double eps, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_max_pool2d(Tensor input, Sizes kernel, Sizes stride, Sizes padding, Sizes dilation, [MarshalAs(UnmanagedType.U1)] bool ceil_mode, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_avg_pool2d(Tensor input, Sizes kernel, Sizes stride, Sizes padding, [MarshalAs(UnmanagedType.U1)] bool ceil_mode, [MarshalAs(UnmanagedType.U1)] bool count_include_pad, long divisor, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_adaptive_avg_pool2d(Tensor input, Sizes output, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_local_response_norm(Tensor input, long size, double alpha, double beta, double k, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_relu(Tensor input, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_relu_(Tensor input);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_dropout(Tensor input, double p, [MarshalAs(UnmanagedType.U1)] bool training, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_dropout_(Tensor input, double p, [MarshalAs(UnmanagedType.U1)] bool training);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_softmax(Tensor input, long dim, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_log_softmax(Tensor input, long dim, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_cross_entropy(Tensor input, Tensor target, Tensor? weight, long ignore_index, int reduction, double label_smoothing, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_nn_upsample_bilinear2d(Tensor input, Sizes size, [MarshalAs(UnmanagedType.U1)] bool align_corners, out Tensor result);
}
