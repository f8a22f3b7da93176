using Inception.Distributed.Checkpoints;

namespace Inception.Distributed.Tests.Checkpoints;

public sealed class WeightsMatchTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(""), InlineData("module."), InlineData("_orig_mod."), InlineData("module._orig_mod.")]
    public void Of_TheNetworksOwnTensors_TakesAllWhateverWrapsTheirNames(string wrapper)
    {
        var network = Network(classes: 10);

        var match = WeightsMatch.Of(network, "small", File([.. network.Select(entry => entry with { Name = wrapper + entry.Name })]));

        match.Taken.Select(taken => taken.Name).ShouldBe(network.Select(entry => entry.Name));
        match.Taken.ShouldAllBe(taken => taken.Source.Name == wrapper + taken.Name);
        match.Reinitialized.ShouldBeEmpty();
        match.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void Of_AnotherNumberOfClasses_ReinitializesEveryHeadAndNothingElse()
    {
        var match = WeightsMatch.Of(Network(classes: 10), "small", File(Network(classes: 7)));

        match.FileClasses.ShouldBe(7);
        match.Reinitialized.ShouldBe(["AuxLogits.fc.weight", "AuxLogits.fc.bias", "fc.weight", "fc.bias"]);
        match.Taken.Select(taken => taken.Name).ShouldBe(["conv.weight", "conv.bn.running_var", "conv.bn.num_batches_tracked", "AuxLogits.conv.weight"]);
    }

    [Fact]
    public void Of_NoAuxiliaryHeadInTheFile_ReinitializesAllOfIt() =>
        WeightsMatch.Of(Network(classes: 10), "small", File(Without("AuxLogits", Network(classes: 10))))
            .Reinitialized.ShouldBe(["AuxLogits.conv.weight", "AuxLogits.fc.weight", "AuxLogits.fc.bias"]);

    [Fact]
    public void Of_NoAuxiliaryHeadInTheNetwork_LeavesItOut() =>
        WeightsMatch.Of(Without("AuxLogits", Network(classes: 10)), "small", File(Network(classes: 10)))
            .LeftOut.ShouldBe(["AuxLogits.conv.weight", "AuxLogits.fc.weight", "AuxLogits.fc.bias"], ignoreOrder: true);

    [Fact]
    public void Of_NoCounters_AreZero() =>
        WeightsMatch.Of(Network(classes: 10), "small", File(Without("conv.bn.num", Network(classes: 10)))).Taken.Count.ShouldBe(7);

    [Fact]
    public void Of_AnotherArchitecture_NamesWhatIsMissingTooMuchAndMisshapen()
    {
        TensorEntry[] other = [new("convv.weight", TensorType.F32, [4, 3, 3, 3]), new("conv.bn.running_var", TensorType.F32, [5]), .. Network(classes: 10).Skip(2)];

        var problems = Should.Throw<UserErrorException>(() => WeightsMatch.Of(Network(classes: 10), "small", File(other))).Problems;

        problems.Select(problem => problem.Message).ShouldBe(
        [
            "holds no weights of small",
            "the file lacks 1: conv.weight (nearest: convv.weight)",
            "the network lacks 1: convv.weight (nearest: conv.weight)",
            "another shape have 1: conv.bn.running_var is F32 [5] instead of F32 [4]",
        ]);
        problems.ShouldAllBe(problem => problem.Where.EndsWith("weights.safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_WholeNumbersWhereWeightsBelong_IsRefused()
    {
        TensorEntry[] numbers = [new("conv.weight", TensorType.I32, [4, 3, 3, 3]), .. Network(classes: 10).Skip(1)];

        Should.Throw<UserErrorException>(() => WeightsMatch.Of(Network(classes: 10), "small", File(numbers))).Message.ShouldContain("conv.weight is I32");
    }

    private static TensorEntry[] Network(int classes) =>
    [
        new("conv.weight", TensorType.F32, [4, 3, 3, 3]),
        new("conv.bn.running_var", TensorType.F32, [4]),
        new("conv.bn.num_batches_tracked", TensorType.I64, []),
        new("AuxLogits.conv.weight", TensorType.F32, [10, 4, 1, 1]),
        new("AuxLogits.fc.weight", TensorType.F32, [classes, 10]),
        new("AuxLogits.fc.bias", TensorType.F32, [classes]),
        new("fc.weight", TensorType.F32, [classes, 4]),
        new("fc.bias", TensorType.F32, [classes]),
    ];

    private static TensorEntry[] Without(string prefix, TensorEntry[] entries) => [.. entries.Where(entry => !entry.Name.StartsWith(prefix, StringComparison.Ordinal))];

    private SafetensorsFile File(TensorEntry[] entries)
    {
        var path = _directory["weights.safetensors"];
        using (var output = System.IO.File.Create(path)) SafetensorsWriter.Write(output, entries, (index, stream) => stream.Write(new byte[entries[index].Bytes]));
        return SafetensorsFile.Open(path);
    }
}
