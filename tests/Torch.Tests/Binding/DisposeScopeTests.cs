using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Tests.Binding;

public class DisposeScopeTests
{
    [Fact]
    public void Dispose_FreesTheTensorsMadeInside()
    {
        Tensor inside, sum;
        using (NewDisposeScope())
        {
            inside = ones(3);
            sum = inside.sum();
        }

        inside.IsInvalid.ShouldBeTrue();
        sum.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void MoveToOuter_LivesAsLongAsTheOuterScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
                kept = ones(3).MoveToOuterDisposeScope();
            kept.IsInvalid.ShouldBeFalse();
        }

        kept.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void Detach_LeavesEveryScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        using (NewDisposeScope())
            kept = ones(3).DetachFromDisposeScope();

        kept.IsInvalid.ShouldBeFalse();
        kept.Dispose();
    }

    [Fact]
    public void ATensorDisposedByHand_LeavesItsScope()
    {
        using var scope = NewDisposeScope();
        var early = ones(3);
        scope.DisposablesCount.ShouldBe(1);

        early.Dispose();

        scope.DisposablesCount.ShouldBe(0);
    }

    [Fact]
    public void Scopes_BelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = ones(3));
        thread.Start();
        thread.Join();

        scope.DisposablesCount.ShouldBe(0);
        elsewhere!.Dispose();
    }

    [Fact]
    public void AModulesParameters_OutliveTheScopeOfTheirCreation()
    {
        Linear layer;
        using (NewDisposeScope())
            layer = nn.Linear(3, 2);

        layer.weight.IsInvalid.ShouldBeFalse();
        layer.Dispose();
        layer.weight.IsInvalid.ShouldBeTrue();
    }
}
