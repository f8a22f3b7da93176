using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Binding;

public class AutogradTests
{
    [Fact]
    public void Backward_FillsTheGradientsOfLeaves()
    {
        using var x = tensor(new double[] { 1, 2, 3 }, requires_grad: true);
        x.grad.ShouldBeNull();

        (x * x).sum().backward();

        x.grad!.data<double>().ToArray().ShouldBe([2, 4, 6]);
        x.is_leaf.ShouldBeTrue();
    }

    [Fact]
    public void Backward_AccumulatesIntoAPresetGradient()
    {
        using var arena = ones(6, float64);
        using var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        x.grad = arena.narrow(0, 2, 2);

        (x * 5.0).sum().backward();

        arena.data<double>().ToArray().ShouldBe([1, 1, 6, 6, 1, 1]);
    }

    [Fact]
    public void NoGrad_RecordsNothing_UntilDisposed()
    {
        using var x = ones(2, requires_grad: true);
        using (no_grad())
        {
            (x * 2).requires_grad.ShouldBeFalse();
            using (enable_grad())
                (x * 2).requires_grad.ShouldBeTrue();
            is_grad_enabled().ShouldBeFalse();
        }

        (x * 2).requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void NoGrad_HoldsForItsThreadOnly()
    {
        using var mode = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();

        elsewhere.ShouldBeTrue();
    }

    [Fact]
    public void Backward_WithAGradient_ScalesIt()
    {
        using var x = tensor(new double[] { 1, 2 }, requires_grad: true);
        using var direction = tensor(new double[] { 10, 100 });

        x.square().backward([direction]);

        x.grad!.data<double>().ToArray().ShouldBe([20, 400]);
    }

    [Fact]
    public void ATensorsGraph_SurvivesTheDisposalOfIntermediates()
    {
        using var x = ones(3, float64, requires_grad: true);
        Tensor loss;
        using (NewDisposeScope())
            loss = nn.functional.relu(x * 3.0, inplace: true).square().sum().MoveToOuterDisposeScope();

        loss.backward();

        x.grad!.data<double>().ToArray().ShouldBe([18, 18, 18]);
        loss.Dispose();
    }
}
