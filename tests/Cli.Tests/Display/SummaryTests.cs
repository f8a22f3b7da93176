using Inception.Distributed.Cli.Display;
using Inception.Distributed.Cli.Launch;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Tests.Display;

public class SummaryTests
{
    [Theory]
    [InlineData("runs/tiny", "checkpoints/step-00000010", "runs/tiny/checkpoints/step-00000010")]
    [InlineData("runs/tiny", "../other/step-00000010", null)]
    public void Checkpoint_InTheRunsDirectory_IsNamedAsTheUserNamedThat(string output, string place, string? shown)
    {
        var checkpoint = Path.GetFullPath(Path.Combine(output, place));
        Summary.Of(output, new TrainOutcome(0, [], new RunStatus { LastCheckpoint = checkpoint })).ShouldContain(line => line.TrimStart().StartsWith("checkpoint ", StringComparison.Ordinal) && line.EndsWith($" {shown ?? checkpoint}", StringComparison.Ordinal));
    }
}
