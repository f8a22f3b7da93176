using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/extensions: parameter_views.cpp, gradient_hooks.cpp, fused_update.cpp and fixed_order_sum.cpp.</summary>
internal static unsafe partial class ArenaMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_parameter_set_data([MarshalUsing(typeof(BorrowedTensor))] Tensor parameter, [MarshalUsing(typeof(BorrowedTensor))] Tensor view);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_parameter_set_gradient([MarshalUsing(typeof(BorrowedTensor))] Tensor parameter, [MarshalUsing(typeof(BorrowedTensor))] Tensor view);

    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_hooks_create(ReadOnlySpan<nint> parameters, ReadOnlySpan<int> bucketOfParameter, int parameterCount, int bucketCount, delegate* unmanaged<nint, int, void> ready, nint context, out nint hooks);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_hooks_arm(GradientHooksHandle hooks);
    [LibraryImport(NativeLibraryName.Value)] internal static partial void inc_hooks_free(nint hooks);

    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_update_sgd(in NativeArenas arenas, double learningRate, double momentum, [MarshalAs(UnmanagedType.Bool)] bool nesterov);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_update_rmsprop(in NativeArenas arenas, double learningRate, double decay, double epsilon, double momentum);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_update_rmsprop_tf(in NativeArenas arenas, double learningRate, double decay, double epsilon, double momentum);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_update_lars(in NativeArenas arenas, double learningRate, double trustCoefficient, double momentum, [MarshalAs(UnmanagedType.Bool)] bool nesterov);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_update_adamw(in NativeArenas arenas, double learningRate, double beta1, double beta2, double epsilon, long step);

    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_sum_of_squares([MarshalUsing(typeof(BorrowedTensor))] Tensor arena, long length, out double result);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_arena_add([MarshalUsing(typeof(BorrowedTensor))] Tensor destination, long destinationOffset, [MarshalUsing(typeof(BorrowedTensor))] Tensor source, long sourceOffset, long length);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_arena_copy([MarshalUsing(typeof(BorrowedTensor))] Tensor destination, long destinationOffset, [MarshalUsing(typeof(BorrowedTensor))] Tensor source, long sourceOffset, long length);
}

/// <summary>inc_arenas of native/extensions/extensions.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeArenas
{
    internal nint Parameters;
    internal nint Gradients;
    internal nint FirstState;
    internal nint SecondState;
    internal nint Average;
    internal ArenaSegment* Segments;
    internal long SegmentCount;
    internal double GradientScale;
    internal double AverageDecay;
}
