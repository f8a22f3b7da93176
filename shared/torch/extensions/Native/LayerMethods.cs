using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/extensions: direct_convolution.cpp and normalize_relu.cpp.</summary>
internal static partial class LayerMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_layers_supported([MarshalUsing(typeof(BorrowedTensor))] Tensor input, [MarshalAs(UnmanagedType.Bool)] out bool supported);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_convolution([MarshalUsing(typeof(BorrowedTensor))] Tensor input, [MarshalUsing(typeof(BorrowedTensor))] Tensor weight, ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, [MarshalUsing(typeof(BorrowedTensor))] Tensor result);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_normalize_relu([MarshalUsing(typeof(BorrowedTensor))] Tensor input, [MarshalUsing(typeof(BorrowedTensor))] Tensor weight, [MarshalUsing(typeof(BorrowedTensor))] Tensor bias, [MarshalUsing(typeof(BorrowedTensor))] Tensor runningMean, [MarshalUsing(typeof(BorrowedTensor))] Tensor runningVar, [MarshalAs(UnmanagedType.Bool)] bool training, double momentum, double epsilon, [MarshalUsing(typeof(BorrowedTensor))] Tensor result);
}
