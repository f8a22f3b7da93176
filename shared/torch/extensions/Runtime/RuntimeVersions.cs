namespace Inception.Distributed.Torch;

/// <summary>The libraries under the arithmetic, and the code paths that they chose for this CPU: what decides bits besides the job. Empty where a library cannot be asked.</summary>
/// <param name="LibTorch">The loaded libtorch, e.g. 1.13.0.</param>
/// <param name="LibTorchBuilt">The libtorch whose headers the native library was compiled with; it must be the loaded one.</param>
/// <param name="OneDnn">oneDNN as libtorch reports it.</param>
/// <param name="OneDnnIsa">The instruction set that oneDNN generates code for, as oneDNN's bit mask.</param>
/// <param name="Blas">Name, version and build options of the BLAS.</param>
/// <param name="BlasCore">The BLAS's kernels for this CPU, e.g. SkylakeX.</param>
/// <param name="CpuCapability">The instruction set of ATen's own kernels, e.g. AVX2.</param>
/// <param name="Compiler">libtorch's GCC.</param>
public sealed record RuntimeVersions(
    string LibTorch, string LibTorchBuilt, string OneDnn, string OneDnnIsa, string Blas, string BlasCore, string CpuCapability, string Compiler);
