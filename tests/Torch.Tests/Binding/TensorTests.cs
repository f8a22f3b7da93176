using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Binding;

public class TensorTests
{
    [Fact]
    public void Tensor_FromValues_KeepsShapeTypeAndOrder()
    {
        using var matrix = tensor(new double[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);

        matrix.shape.ShouldBe([2L, 3L]);
        matrix.dtype.ShouldBe(float64);
        matrix.stride().ShouldBe([3L, 1L]);
        matrix.data<double>().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        matrix.ToString().ShouldBe("[2x3], type = Float64, device = cpu");
    }

    [Fact]
    public void Tensor_TooFewValuesForTheShape_IsRefused() =>
        Should.Throw<ArgumentException>(() => tensor(new float[] { 1, 2 }, [3]));

    [Fact]
    public void Data_OfATransposedView_IsInLogicalOrder()
    {
        using var matrix = arange(6, float32).view(2, 3);
        using var transposed = matrix.transpose(0, 1);

        transposed.is_contiguous().ShouldBeFalse();
        transposed.data<float>().ToArray().ShouldBe([0, 3, 1, 4, 2, 5]);
        transposed.data<float>()[3].ShouldBe(4);
        Should.Throw<InvalidOperationException>(() => transposed.bytes.Length);
    }

    [Fact]
    public void Data_OfAnotherType_IsRefused()
    {
        using var values = zeros(3);
        Should.Throw<ArgumentException>(() => values.data<double>());
    }

    [Fact]
    public void Bytes_AreTheTensorsOwnMemory()
    {
        using var values = zeros(4);
        MemoryMarshal.Cast<byte, float>(values.bytes)[2] = 7;
        values.data<float>().ToArray().ShouldBe([0, 0, 7, 0]);
    }

    [Fact]
    public void PinMemory_WithoutACudaDevice_IsAnErrorOfLibtorch()
    {
        Assert.SkipWhen(cuda.is_available(), "there is a CUDA device");
        using var values = zeros(4);
        Should.Throw<ExternalException>(values.pin_memory);
    }

    [Fact]
    public void AsStrided_ChannelsLastViewOfAnArena_SharesItsStorage()
    {
        using var arena = arange(30, float32);
        using var view = arena.as_strided([2, 3, 2, 2], [12, 1, 6, 3], 6);

        view.storage_offset().ShouldBe(6);
        view.stride().ShouldBe([12L, 1L, 6L, 3L]);
        view.data<float>().ToArray()[..4].ShouldBe([6, 9, 12, 15], "the pixels of a channel are three elements apart, its rows six");
        view.zero_();
        arena.sum().ToDouble().ShouldBe(15);
    }

    [Fact]
    public void Scalars_KeepTheirKind()
    {
        using var integers = arange(3);

        (integers * 2).dtype.ShouldBe(int64);
        (integers * 2.0).dtype.ShouldBe(float32);
        (2 * integers + 1).data<long>().ToArray().ShouldBe([1, 3, 5]);
    }

    [Fact]
    public void AFailureInLibtorch_IsAnExternalExceptionWithItsMessage()
    {
        using var three = zeros(3);
        using var four = zeros(4);
        Should.Throw<ExternalException>(() => three + four).Message.ShouldContain("must match");
    }

    [Fact]
    public void Handle_OfADisposedTensor_Throws()
    {
        var values = zeros(3);
        values.Dispose();

        values.IsInvalid.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => values.Handle);
        Should.Throw<InvalidOperationException>(() => values.sum());
        values.Dispose();
    }

    [Fact]
    public void Reductions_AgreeWithArithmetic()
    {
        using var values = tensor(new double[] { 3, -1, 4, 1, -5, 9 }, [2, 3]);

        values.sum().ToDouble().ShouldBe(11);
        values.sum(dim: 0).data<double>().ToArray().ShouldBe([4, -6, 13]);
        values.mean([1], keepdim: true).shape.ShouldBe([2L, 1L]);
        values.max().item<double>().ShouldBe(9);
        values.argmax(1).data<long>().ToArray().ShouldBe([2, 2]);
        values.norm().ToDouble().ShouldBe(Math.Sqrt(133), 1e-12);
        var (top, places) = values.topk(2, dim: 1);
        top.data<double>().ToArray().ShouldBe([4, 3, 9, 1]);
        places.data<long>().ToArray().ShouldBe([2, 0, 2, 0]);
        values.eq(1).sum().ToInt64().ShouldBe(1);
        values.gt(0).all().ToBoolean().ShouldBeFalse();
        values.div(0.0).isfinite().all().ToBoolean().ShouldBeFalse();
    }

    [Fact]
    public void ManualSeed_RepeatsTheDraw()
    {
        manual_seed(5);
        using var first = empty(20).normal_();
        manual_seed(5);
        using var again = empty(20).normal_();

        again.data<float>().ToArray().ShouldBe(first.data<float>().ToArray());
    }

    [Fact]
    public void CatAndStack_JoinAlongTheirDimension()
    {
        using var a = ones([2, 1]);
        using var b = zeros([2, 1]);

        cat([a, b], dim: 1).data<float>().ToArray().ShouldBe([1, 0, 1, 0]);
        stack([a, b]).shape.ShouldBe([2L, 2L, 1L]);
    }
}
