using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>What holds for each network of the family.</summary>
public class NetworksTests
{
    public static TheoryData<string> Names => [.. KnownNetworks.Names];

    [Theory]
    [InlineData("googlenet", true, false, 13_378_280)]
    [InlineData("googlenet", false, false, 6_998_552)]
    [InlineData("googlenet", true, true, 13_385_816)]
    [InlineData("googlenet", false, true, 7_005_832)]
    [InlineData("googlenet-torchvision", true, null, 13_004_888)]
    [InlineData("googlenet-torchvision", false, null, 6_624_904)]
    [InlineData("bn-inception", false, null, 11_194_984)]
    [InlineData("inception-v3", true, null, 27_161_264)]
    [InlineData("inception-v3", false, null, 23_834_568)]
    public void Parameters_AreAsManyAsPublished(string name, bool auxiliary, bool? batchNorm, long parameters)
    {
        using var network = ModelFactory.Create(Networks.Spec(name, auxiliary) with { BatchNorm = batchNorm });

        network.parameters().Sum(parameter => parameter.NumberOfElements).ShouldBe(parameters);
    }

    [Theory]
    [InlineData(null, null, null, "AuxLogits_4d.conv1.bn.weight", "Conv2d_1c_3x3.conv.weight")]
    [InlineData(false, null, null, "AuxLogits_4d.conv1.bn.weight", "Conv2d_1a_7x7.conv.weight")]
    [InlineData(null, false, null, "AuxLogits_4d.conv1.conv.bias", "Conv2d_1c_3x3.conv.weight")]
    [InlineData(null, null, 2, "AuxLogits_4a.conv1.bn.weight", "Conv2d_1c_3x3.conv.weight")]
    public void InceptionV2_HasThePapersVariants(bool? factorized, bool? normalizeFc, int? heads, params string[] names)
    {
        var auxiliary = new AuxiliarySpec { Heads = heads, NormalizeFc = normalizeFc };
        using var network = ModelFactory.Create(Networks.Spec("inception-v2") with { Width = 0.05, Factorized7x7 = factorized, Auxiliary = auxiliary });

        var state = network.state_dict();
        names.ShouldBeSubsetOf(state.Keys);
        state.Keys.Count(key => key.EndsWith(".fc.weight", StringComparison.Ordinal)).ShouldBe(heads ?? 1);
        state.ContainsKey("Conv2d_1a_3x3.conv.weight").ShouldBe(factorized != false);
        state.ContainsKey("AuxLogits_4d.conv1.bn.weight").ShouldBe(normalizeFc != false);
    }

    // "Rethinking", table 1: the output of each row at 299×299.
    [Fact]
    public void InceptionV2_HasThePapersGridsAndChannels()
    {
        using var network = ModelFactory.Create(Networks.Spec("inception-v2"));

        var layers = LayerTrace.Of(network, 299, 299);

        OutputOf("Conv2d_1a_3x3").ShouldBe([32, 149, 149]);
        OutputOf("Conv2d_1b_3x3").ShouldBe([32, 147, 147]);
        OutputOf("Conv2d_1c_3x3").ShouldBe([64, 147, 147]);
        OutputOf("maxpool1").ShouldBe([64, 73, 73]);
        OutputOf("Conv2d_2a_3x3").ShouldBe([80, 71, 71]);
        OutputOf("Conv2d_2b_3x3").ShouldBe([192, 35, 35]);
        OutputOf("Conv2d_2c_3x3").ShouldBe([288, 35, 35]);
        InputOf("Mixed_3c.branch3x3").ShouldBe([288, 35, 35]);
        InputOf("Mixed_4a.branch1x1").ShouldBe([768, 17, 17]);
        InputOf("Mixed_4e.branch3x3_1").ShouldBe([768, 17, 17]);
        InputOf("Mixed_5a.branch1x1").ShouldBe([1280, 8, 8]);
        InputOf("avgpool").ShouldBe([2048, 8, 8]);

        long[] InputOf(string name) => layers.Single(layer => layer.Name == name).Input;
        long[] OutputOf(string name) => layers.Single(layer => layer.Name == name).Output;
    }

    [Theory]
    [InlineData("googlenet", "inception3a.branch3.1", 5)]
    [InlineData("googlenet-torchvision", "inception3a.branch3.1", 3)]
    [InlineData("bn-inception", "inception3a.branch3x3dbl_3", 3)]
    [InlineData("inception-v2", "Mixed_3a.branch3x3_2", 3)]
    [InlineData("inception-v3", "Mixed_5b.branch5x5_2", 5)]
    public void FiveByFiveBranch_IsTrueOrFactorizedAsPublished(string name, string layer, long kernel)
    {
        using var network = ModelFactory.Create(Networks.Spec(name) with { Width = 0.05 });

        LayerTrace.Of(network, 96, 96).Single(traced => traced.Name == layer).Window.Kernel.ShouldBe((kernel, kernel));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Facts_AreThoseOfTheNetwork(string name)
    {
        var network = KnownNetworks.Find(name);
        foreach (var stem in Enum.GetValues<StemKind>())
        {
            foreach (var factorized in name == "inception-v2" ? new bool?[] { null, false } : [null])
            {
                var spec = Networks.Spec(name) with { Width = 0.02, Classes = 3, Stem = stem, Factorized7x7 = factorized };
                var smallest = network.SmallestInput(spec);
                using var model = ModelFactory.Create(spec);
                foreach (var size in new[] { smallest, smallest + 1, 107, 224 }.Where(size => size >= smallest))
                {
                    var layers = LayerTrace.Of(model, size, size);
                    layers.Single(layer => layer.Name == "avgpool").Input[1].ShouldBe(network.FinalGrid(spec with { InputSize = size }), $"{stem}, {size}");
                    layers.Select(layer => layer.Name.Split('.')[0]).Distinct().Count(part => part.StartsWith("aux", StringComparison.OrdinalIgnoreCase)).ShouldBe(network.HeadsOf(spec));
                }

                if (smallest > 1) Should.Throw<Exception>(() => LayerTrace.Of(model, smallest - 1, smallest - 1), $"{stem}, {smallest - 1}");
            }
        }
    }

    [Theory]
    [InlineData("inception-v3", 299, 8)]
    [InlineData("inception-v2", 299, 8)]
    [InlineData("googlenet", 224, 7)]
    [InlineData("googlenet-torchvision", 224, 7)]
    [InlineData("bn-inception", 224, 7)]
    public void Stems_SeeSmallerImagesAtTheSameGrids(string name, int published, int grid)
    {
        var facts = KnownNetworks.Find(name);
        facts.PublishedInputSize.ShouldBe(published);
        facts.FinalGrid(Networks.Spec(name) with { InputSize = published }).ShouldBe(grid);

        // "Rethinking", table 2: 299, 151 and 79; for 224 likewise.
        var (half, quarter) = published == 299 ? (151, 79) : (112, 56);
        facts.FinalGrid(Networks.Spec(name) with { InputSize = half, Stem = StemKind.Stride1 }).ShouldBe(grid);
        facts.FinalGrid(Networks.Spec(name) with { InputSize = quarter, Stem = StemKind.Stride1NoPool }).ShouldBe(grid);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_OfOblongImages_GivesEachHeadsLogits_AndInEvaluationTheMainHeadsOnly(string name)
    {
        using var scope = NewDisposeScope();
        var spec = Networks.Spec(name) with { Width = 0.05, Classes = 7 };
        using var network = ModelFactory.Create(spec);
        var input = zeros([2, 3, 131, 97]);
        var before = scope.DisposablesCount;

        var output = network.call(input);

        output.Logits.shape.ShouldBe([2L, 7L]);
        output.AuxiliaryLogits.Count.ShouldBe(KnownNetworks.Find(name).HeadsOf(spec));
        output.AuxiliaryLogits.ShouldAllBe(logits => logits.shape.SequenceEqual(new[] { 2L, 7L }));
        (scope.DisposablesCount - before).ShouldBe(1 + output.AuxiliaryLogits.Count, "nothing but logits is left");

        network.eval();
        network.call(input).AuxiliaryLogits.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AuxiliaryHeads_GoWhereTheJobHasNone(string name)
    {
        using var network = ModelFactory.Create(Networks.Spec(name, auxiliary: false) with { Width = 0.05 });

        network.state_dict().Keys.ShouldNotContain(key => key.StartsWith("aux", StringComparison.OrdinalIgnoreCase));
        network.call(zeros([2, 3, 96, 96])).AuxiliaryLogits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bn-inception")]
    [InlineData("inception-v2")]
    [InlineData("inception-v3")]
    public void CountIncludePad_ChangesTheMeansAtTheBorders(string name)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var spec = Networks.Spec(name) with { Width = 0.05 };
        using var torchvision = ModelFactory.Create(spec);
        using var tensorFlow = ModelFactory.Create(spec with { CountIncludePad = false });
        Initialization.Apply(torchvision, 1);
        tensorFlow.load_state_dict(torchvision.state_dict());
        torchvision.eval();
        tensorFlow.eval();
        var input = ones([1, 3, 96, 96]);

        torchvision.call(input).Logits.eq(tensorFlow.call(input).Logits).all().ToBoolean().ShouldBeFalse();
    }

    [Fact]
    public void Dropout_OfTheHeads_IsGoogLeNetsUnlessTheJobSaysOtherwise()
    {
        DropoutOf("googlenet", "aux2.dropout").ShouldBe(0.7);
        DropoutOf("googlenet", "aux2.dropout", 0.25).ShouldBe(0.25);
        DropoutOf("inception-v3", "AuxLogits.dropout").ShouldBe(0);
        DropoutOf("googlenet", "dropout").ShouldBe(0.5);

        static double DropoutOf(string name, string module, double? given = null)
        {
            using var network = ModelFactory.Create(Networks.Spec(name) with { Width = 0.05, Auxiliary = new() { Dropout = given } });
            return network.named_modules().Single(entry => entry.name == module).module.ShouldBeOfType<TorchSharp.Modules.Dropout>().p;
        }
    }

    [Fact]
    public void GoogLeNetWithoutBatchNorm_StillHasSignalAtItsEnd_WithItsOwnInitialization()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var spec = Networks.Spec("googlenet") with { Width = 0.25 };
        using var network = ModelFactory.Create(spec);
        Initialization.Apply(network, 1, spec.EffectiveInit);
        network.eval();
        var images = empty([2, 3, 224, 224]).normal_();

        var logits = network.call(images).Logits;

        logits.square().mean().sqrt().ToDouble().ShouldBeInRange(0.05, 20);
        network.state_dict().Keys.ShouldNotContain(key => key.Contains(".bn.", StringComparison.Ordinal));
        spec.EffectiveInit.ShouldBe(InitKind.He);
        (spec with { BatchNorm = true }).EffectiveInit.ShouldBe(InitKind.TruncatedNormal);
    }
}
