using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>native/binding: tensor.cpp, factories.cpp, views.cpp, autograd.cpp.</summary>
internal static partial class TensorMethods
{
    [LibraryImport(Library.Name)] internal static partial void inc_tensor_free(IntPtr self);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_alias(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_describe(Tensor self, out Description description);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_sizes(Tensor self, Span<long> values);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_strides(Tensor self, Span<long> values);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_data(Tensor self, out IntPtr address);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_item_real(Tensor self, out double value);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_item_integer(Tensor self, out long value);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_to_dtype(Tensor self, int dtype, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_to_device(Tensor self, int type, int index, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_clone(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_contiguous(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_copy_(Tensor self, Tensor source, [MarshalAs(UnmanagedType.U1)] bool non_blocking);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_pin_memory(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_cuda_device_count(out int count);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_empty(ReadOnlySpan<long> sizes, int rank, Options options, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_full(ReadOnlySpan<long> sizes, int rank, Number value, Options options, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_arange(Number start, Number end, Number step, Options options, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_from_data(ReadOnlySpan<byte> data, int data_dtype, ReadOnlySpan<long> sizes, int rank, Options options, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_cat(ReadOnlySpan<IntPtr> tensors, int count, long dim, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_stack(ReadOnlySpan<IntPtr> tensors, int count, long dim, out Tensor result);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_view(Tensor self, ReadOnlySpan<long> sizes, int rank, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_reshape(Tensor self, ReadOnlySpan<long> sizes, int rank, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_flatten(Tensor self, long start_dim, long end_dim, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_permute(Tensor self, ReadOnlySpan<long> dims, int rank, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_transpose(Tensor self, long dim0, long dim1, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_as_strided(Tensor self, ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, int rank, long offset, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_slice(Tensor self, long dim, long start, long finish, long step, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_narrow(Tensor self, long dim, long start, long length, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_index_select(Tensor self, long dim, Tensor index, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_unsqueeze(Tensor self, long dim, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_squeeze(Tensor self, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_squeeze_dim(Tensor self, long dim, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_expand(Tensor self, ReadOnlySpan<long> sizes, int rank, out Tensor result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_detach(Tensor self, out Tensor result);

    [LibraryImport(Library.Name)] internal static partial int inc_tensor_set_requires_grad(Tensor self, [MarshalAs(UnmanagedType.U1)] bool requires_grad);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_grad(Tensor self, out Tensor? result);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_set_grad(Tensor self, Tensor? gradient);
    [LibraryImport(Library.Name)] internal static partial int inc_tensor_backward(Tensor self, Tensor? gradient, [MarshalAs(UnmanagedType.U1)] bool retain_graph, [MarshalAs(UnmanagedType.U1)] bool create_graph);
    [LibraryImport(Library.Name)][return: MarshalAs(UnmanagedType.U1)] internal static partial bool inc_grad_mode();
    [LibraryImport(Library.Name)] internal static partial void inc_set_grad_mode([MarshalAs(UnmanagedType.U1)] bool enabled);
}
