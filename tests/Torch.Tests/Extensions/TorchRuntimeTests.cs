using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public class TorchRuntimeTests
{
    [Fact]
    public void Versions_OfThisProcess_AreKnownAndMatchTheHeaders()
    {
        var versions = TorchRuntime.Versions;
        versions.LibTorch.ShouldBe(versions.LibTorchBuilt);
        versions.OneDnn.ShouldNotBeEmpty();
        versions.Blas.ShouldNotBeEmpty();
        versions.CpuCapability.ShouldNotBeEmpty();
        TorchRuntime.UsesReferenceBlas.ShouldBe(versions.Blas == "reference BLAS");
    }

    [Fact]
    public void SetThreads_None_IsRefused()
    {
        TorchRuntime.SetThreads(1);
        Should.Throw<ArgumentException>(() => TorchRuntime.SetThreads(0));
    }

    [Fact]
    public void AutocastCpuBf16_Scope_CastsInsideOnly()
    {
        using var matrix = ones([4, 4], float32);
        using (TorchRuntime.AutocastCpuBf16())
        {
            using var inside = matrix.matmul(matrix);
            inside.dtype.ShouldBe(bfloat16);
        }
        using var outside = matrix.matmul(matrix);
        outside.dtype.ShouldBe(float32);
    }

    [Fact]
    public void PeakResidentBytes_AfterAnAllocation_HasGrown()
    {
        var before = TorchRuntime.PeakResidentBytes;
        before.ShouldBeGreaterThan(1 << 20);
        using var touched = ones(Math.Max(before, 1 << 28) / 4, float32);
        TorchRuntime.PeakResidentBytes.ShouldBeGreaterThan(before);
    }
}
