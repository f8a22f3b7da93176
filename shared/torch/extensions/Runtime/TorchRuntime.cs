using System.Globalization;
using System.Runtime.InteropServices;
using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

/// <summary>Settings of the process that libtorch runs in. Threads and autocast belong to the calling thread: call from the thread that trains.</summary>
public static class TorchRuntime
{
    private static readonly Lazy<RuntimeVersions> LazyVersions = new(() => new RuntimeVersions(
        Fact(RuntimeFact.LibTorch), Fact(RuntimeFact.LibTorchBuilt), Fact(RuntimeFact.OneDnn), Fact(RuntimeFact.OneDnnIsa),
        Fact(RuntimeFact.Blas), Fact(RuntimeFact.BlasCore), Fact(RuntimeFact.CpuCapability), Fact(RuntimeFact.Compiler)));

    public static RuntimeVersions Versions => LazyVersions.Value;

    /// <summary>Whether the BLAS is Netlib's reference implementation, with which training is several times slower than with OpenBLAS.</summary>
    public static bool UsesReferenceBlas
    {
        get
        {
            Status.Check(RuntimeMethods.inc_runtime_uses_reference_blas(out var result));
            return result;
        }
    }

    /// <summary>Peak resident set of this process in bytes (VmHWM of proc(5)).</summary>
    public static long PeakResidentBytes
    {
        get
        {
            const string label = "VmHWM:";
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(label, StringComparison.Ordinal));
            var kibibytes = line.AsSpan(label.Length).Trim().TrimEnd("kB").Trim();
            return 1024 * long.Parse(kibibytes, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>
    /// Sets the intra-op threads of ATen, OpenMP and the BLAS, makes inter-op threads 1, and reads all of them back.
    /// Numbers of threads change the order of sums inside kernels, so a deterministic job fixes them.
    /// </summary>
    /// <exception cref="NativeException">One of the libraries kept another number.</exception>
    public static void SetThreads(int threads) => Status.Check(RuntimeMethods.inc_runtime_set_threads(threads));

    /// <summary>cuDNN's deterministic kernels without benchmarking, TF32 off, a fixed cuBLAS workspace. Call before the first use of CUDA; does nothing in CPU builds.</summary>
    public static void SetDeterministicCuda() => Status.Check(RuntimeMethods.inc_runtime_set_deterministic_cuda());

    /// <summary>Lets CPU operators of this thread compute in bfloat16 where PyTorch's autocast does. Disposing, on the same thread, restores what was and clears the cache of cast weights.</summary>
    public static IDisposable AutocastCpuBf16() => new AutocastScope();

    /// <summary>Forgets the cast weights. Needed inside an autocast scope whenever weights change in place.</summary>
    public static void ClearAutocastCache() => Status.Check(RuntimeMethods.inc_autocast_clear_cache());

    private static string Fact(RuntimeFact fact)
    {
        Status.Check(RuntimeMethods.inc_runtime_fact(fact, out var text));
        return Marshal.PtrToStringUTF8(text) ?? "";
    }
}
