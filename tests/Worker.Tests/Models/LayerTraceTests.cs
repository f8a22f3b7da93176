using Inception.Distributed.Worker.Models;

namespace Inception.Distributed.Worker.Tests.Models;

public class LayerTraceTests
{
    [Fact]
    public void InceptionV3_CostsWhatIsPublished()
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v3"));

        var layers = LayerTrace.Of(network, 299, 299);

        // torchvision's published figure: 5.713 · 10⁹, without the auxiliary head.
        layers.Where(layer => !layer.Name.StartsWith("AuxLogits", StringComparison.Ordinal)).Sum(layer => layer.MultiplyAdds).ShouldBeInRange(5_712_500_000, 5_713_500_000);
        layers.Sum(layer => layer.Parameters).ShouldBe(27_161_264);
        layers.Count(layer => layer.Kind == LayerKind.Convolution).ShouldBe(94 + 2);
    }

    // Counted by hand from table 1: 1 + the sum of (kernel − 1) · stride so far, over the branches that see most.
    [Theory]
    [InlineData("Conv2d_1a_3x3", 3)]
    [InlineData("Conv2d_2b_3x3", 11)]
    [InlineData("maxpool1", 15)]
    [InlineData("Conv2d_4a_3x3", 23)]
    [InlineData("maxpool2", 31)]
    [InlineData("Mixed_5b.branch5x5_2", 63)]
    [InlineData("Mixed_5c.branch1x1", 63)]
    [InlineData("Mixed_6a.pool", 143)]
    [InlineData("Mixed_6a.branch3x3dbl_3", 159)]
    [InlineData("Mixed_6b.branch7x7_3", 255)]
    public void ReceptiveField_IsTheSumOverTheLongestBranch(string name, long pixels)
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v3") with { Width = 0.05 });

        LayerTrace.Of(network, 299, 299).Single(layer => layer.Name == name).ReceptiveField.ShouldBe((pixels, pixels));
    }

    [Fact]
    public void Shapes_AreThoseOfTheLayersAtWork()
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v3") with { Width = 0.125, Classes = 10 });

        var layers = LayerTrace.Of(network, 299, 235).ToDictionary(layer => layer.Name);

        layers["Conv2d_1a_3x3"].Input.ShouldBe([3, 299, 235]);
        layers["Conv2d_1a_3x3"].Output.ShouldBe([4, 149, 117]);
        layers["Mixed_6b.branch7x7_2"].Window.ShouldBe(new Window((1, 7), (1, 1), (0, 3)));
        layers["AuxLogits.pool"].Window.ShouldBe(Window.Adaptive(17, 13, 5));
        layers["avgpool"].Window.Kernel.ShouldBe((8, 6));
        layers["fc"].Output.ShouldBe([10]);
        layers["fc"].MultiplyAdds.ShouldBe(2560);
        layers["fc"].Parameters.ShouldBe(2570);
    }

    [Theory]
    [InlineData("Conv2d_1a_3x3", "")]
    [InlineData("Conv2d_3b_1x1", "maxpool1")]
    [InlineData("Mixed_5c.branch1x1", "Mixed_5b")]
    [InlineData("Mixed_7b.branch3x3_2b", "Mixed_7b.branch3x3_1")]
    [InlineData("AuxLogits.pool", "Mixed_6e")]
    [InlineData("AuxLogits.fc", "AuxLogits.avgpool")]
    [InlineData("Mixed_7a.pool", "Mixed_6e")]
    [InlineData("fc", "avgpool")]
    public void Source_IsTheLayerOrModuleThatItTakesItsInputFrom(string name, string source)
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v3") with { Width = 0.05 });

        LayerTrace.Of(network, 299, 299).Single(layer => layer.Name == name).Source.ShouldBe(source);
    }

    [Fact]
    public void Of_LeavesNoHookBehind()
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v3") with { Width = 0.05 });

        LayerTrace.Of(network, 75, 75).Count.ShouldBe(LayerTrace.Of(network, 75, 75).Count);
    }
}
