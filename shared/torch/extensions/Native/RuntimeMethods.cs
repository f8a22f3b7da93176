using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/extensions/runtime.cpp.</summary>
internal static partial class RuntimeMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_runtime_fact(RuntimeFact fact, out nint text);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_runtime_uses_reference_blas([MarshalAs(UnmanagedType.Bool)] out bool result);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_runtime_set_threads(int threads);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_runtime_set_deterministic_cuda();
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_autocast_cpu_enter(out int previous);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_autocast_cpu_leave(int previous);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_autocast_clear_cache();
}

internal enum RuntimeFact
{
    LibTorch = 0,
    LibTorchBuilt = 1,
    OneDnn = 2,
    OneDnnIsa = 3,
    Blas = 4,
    BlasCore = 5,
    CpuCapability = 6,
    Compiler = 7,
}
