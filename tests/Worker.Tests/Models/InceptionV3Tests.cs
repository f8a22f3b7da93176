using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

public class InceptionV3Tests
{
    [Theory]
    [InlineData(75, 75)]
    [InlineData(96, 75)]
    [InlineData(107, 107)]
    [InlineData(300, 170)]
    public void Forward_AnyInputFrom75Up_GivesBothHeadsLogits(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var network = Small();

        var output = network.call(zeros([2, 3, height, width]));

        output.Logits.shape.ShouldBe([2L, 7L]);
        output.AuxiliaryLogits.ShouldHaveSingleItem().shape.ShouldBe([2L, 7L]);
    }

    [Fact]
    public void Forward_InEvaluation_LeavesTheAuxiliaryHeadAndTheStatisticsAlone()
    {
        using var scope = NewDisposeScope();
        using var network = Small();
        network.eval();

        network.call(ones([1, 3, 75, 75])).AuxiliaryLogits.ShouldBeEmpty();

        network.Buffers("running_mean").ShouldAllBe(mean => mean.eq(0).all().ToBoolean());
    }

    [Fact]
    public void Forward_FreesItsIntermediateTensors()
    {
        using var scope = NewDisposeScope();
        using var network = Small();
        var input = zeros([2, 3, 75, 75]);
        var before = scope.DisposablesCount;

        network.call(input);

        (scope.DisposablesCount - before).ShouldBe(2, "the two heads' logits");
    }

    [Theory]
    [InlineData(0.25, 80, 20)]
    [InlineData(0.33, 64, 21)]
    [InlineData(0.125, 48, 6)]
    [InlineData(0.5, 35, 18)]
    [InlineData(0.001, 192, 1)]
    [InlineData(1, 448, 448)]
    public void Width_ScalesAndRoundsChannels(double width, int channels, int scaled) => new ChannelWidth(width).Scale(channels).ShouldBe(scaled);

    [Fact]
    public void Width_ScalesEveryLayer()
    {
        using var network = new InceptionV3(Networks.Spec("inception-v3") with { Classes = 10, Width = 0.25 });
        var state = network.state_dict();

        state["Mixed_5d.branch5x5_2.conv.weight"].shape.ShouldBe([16L, 12L, 5L, 5L]);
        state["Mixed_6a.branch3x3.conv.weight"].shape.ShouldBe([96L, 72L, 3L, 3L]);
        state["AuxLogits.conv1.conv.weight"].shape.ShouldBe([192L, 32L, 5L, 5L]);
        state["fc.weight"].shape.ShouldBe([10L, 512L]);
    }

    [Fact]
    public void Factory_AMistypedName_IsTheUsersErrorWithTheNearestName()
    {
        var error = Should.Throw<UserErrorException>(() => ModelFactory.Create(new ModelSpec { Name = "inceptoin-v3", Classes = 10 }));

        error.Problems.Single().ShouldBe(new Problem("model.name",
            "there is no network 'inceptoin-v3'; did you mean 'inception-v3'? (googlenet, googlenet-torchvision, bn-inception, inception-v2, inception-v3)"));
    }

    [Fact]
    public void Factory_BuildsEveryNetworkThatAJobMayName()
    {
        ModelFactory.Names.ShouldBe(KnownNetworks.Names, ignoreOrder: true);
        using var network = ModelFactory.Create(new ModelSpec { Name = "inception-v3", Classes = 10, Width = 0.1, Auxiliary = new() { Enabled = false } });
        network.state_dict().Count.ShouldBe(566);
    }

    private static InceptionV3 Small() => new(Networks.Spec("inception-v3") with { Classes = 7, Width = 0.1 });
}

file static class Extensions
{
    public static IEnumerable<Tensor> Buffers(this nn.Module module, string ending) =>
        module.named_buffers().Where(entry => entry.name.EndsWith(ending, StringComparison.Ordinal)).Select(entry => entry.buffer);
}
