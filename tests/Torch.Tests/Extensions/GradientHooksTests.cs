using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Extensions;

public sealed class GradientHooksTests : IDisposable
{
    private readonly Tensor _first = ones(3, float32, requires_grad: true);
    private readonly Tensor _second = ones(3, float32, requires_grad: true);
    private readonly Tensor _arena = zeros(6, float32);
    private readonly List<int> _ready = [];

    [Fact]
    public void Backward_Armed_CallsEachBucketOnceItsGradientsAreThere()
    {
        using var ofFirst = _arena.narrow(0, 0, 3);
        using var ofSecond = _arena.narrow(0, 3, 3);
        ParameterViews.SetGradient(_first, ofFirst);
        ParameterViews.SetGradient(_second, ofSecond);
        var sums = new List<double>();
        using var hooks = new GradientHooks([_first, _second], [0, 1], 2, bucket =>
        {
            _ready.Add(bucket);
            sums.Add(FixedOrderSum.SumOfSquares(bucket == 0 ? ofFirst : ofSecond, 3));
        });

        for (var pass = 0; pass < 2; pass++)
        {
            hooks.Arm();
            Backward();
            hooks.ThrowIfFailed();
        }

        _ready.ShouldBe([1, 0, 1, 0]);
        // Each gradient is 2, three times; the second pass adds to the first one's.
        sums.ShouldBe([12, 12, 48, 48]);
    }

    [Fact]
    public void Backward_CallbackThrows_IsKeptForThrowIfFailed()
    {
        using var hooks = new GradientHooks([_first, _second], [0, 0], 1, _ => throw new InvalidDataException("on purpose"));
        hooks.Arm();
        Should.NotThrow(Backward);
        Should.Throw<InvalidDataException>(hooks.ThrowIfFailed).Message.ShouldBe("on purpose");
        Should.Throw<InvalidDataException>(hooks.Arm);
    }

    [Fact]
    public void Backward_AfterDispose_CallsNothing()
    {
        new GradientHooks([_first, _second], [0, 0], 1, _ready.Add).Dispose();
        Backward();
        _ready.ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_FewerBucketsThanParameters_IsRefused() =>
        Should.Throw<ArgumentException>(() => new GradientHooks([_first, _second], [0], 1, _ready.Add));

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _arena.Dispose();
    }

    // Σ (2 · first) · second; backward passes the outer product, and with it the second factor, first.
    private void Backward()
    {
        using var doubled = _first * 2;
        using var product = doubled * _second;
        using var sum = product.sum();
        sum.backward();
    }
}
