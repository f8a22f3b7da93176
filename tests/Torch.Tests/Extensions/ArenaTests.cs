using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public class ArenaTests
{
    [Fact]
    public void SetData_ChannelsLastView_IsTheParametersStorage()
    {
        using var arena = arange(30, float32);
        using var parameter = zeros([2, 3, 2, 2], float32, requires_grad: true);
        using var view = arena.as_strided([2, 3, 2, 2], [12, 1, 6, 3], 6);

        ParameterViews.SetData(parameter, view);

        parameter.stride().ShouldBe([12L, 1L, 6L, 3L]);
        parameter.storage_offset().ShouldBe(6);
        parameter.requires_grad.ShouldBeTrue();
        arena.fill_(5);
        parameter.data<float>().ToArray().ShouldAllBe(value => value == 5);
    }

    [Fact]
    public void SetGradient_OtherSizes_IsRefused()
    {
        using var parameter = zeros(4, float32, requires_grad: true);
        using var view = zeros(5, float32);
        Should.Throw<ArgumentException>(() => ParameterViews.SetGradient(parameter, view)).Message.ShouldContain("[5]");
    }

    [Fact]
    public void AddAndCopy_Ranges_TouchNothingElse()
    {
        using var destination = arange(6, float32);
        using var source = arange(100, 106, float32);
        FixedOrderSum.Add(destination, 1, source, 3, 2);
        FixedOrderSum.Copy(destination, 4, source, 0, 1);
        destination.data<float>().ToArray().ShouldBe([0, 104, 106, 3, 100, 5]);
        Should.Throw<ArgumentException>(() => FixedOrderSum.Copy(destination, 5, source, 0, 2));
    }

    /// <summary>In fp32, 2^24 + 1 is 2^24; the sum must not be.</summary>
    [Fact]
    public void SumOfSquares_OfFloats_IsAccumulatedInDouble()
    {
        using var arena = ones((1 << 24) + 3, float32);
        FixedOrderSum.SumOfSquares(arena, (1 << 24) + 3).ShouldBe((1 << 24) + 3);
        FixedOrderSum.SumOfSquares(arena, 5).ShouldBe(5);
    }
}
