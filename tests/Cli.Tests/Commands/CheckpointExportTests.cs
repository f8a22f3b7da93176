using Inception.Distributed.Cli.Commands;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Tests.Commands;

public sealed class CheckpointExportTests
{
    private static readonly ModelSpec Model = new() { Name = "inception-v3", Classes = 10 };

    [Fact]
    public void Torchvision_is_named_only_where_its_network_gives_the_same_results()
    {
        CheckpointExportCommand.DeviationFromTorchvision(Model).ShouldBeNull();
        CheckpointExportCommand.DeviationFromTorchvision(Model with { Name = "googlenet-torchvision" }).ShouldBeNull();
        CheckpointExportCommand.DeviationFromTorchvision(Model with { Name = "inception-v2" }).ShouldBe("");
        CheckpointExportCommand.DeviationFromTorchvision(Model with { Width = 0.5 }).ShouldBe(" of width 0.5");
        CheckpointExportCommand.DeviationFromTorchvision(Model with { Stem = StemKind.Stride1 }).ShouldBe(" with another stem");
        CheckpointExportCommand.DeviationFromTorchvision(Model with { CountIncludePad = false }).ShouldBe(" that leaves the padding out of its average pooling");
    }
}
