using System.Text.Json;
using Inception.Distributed.Coordinator.Machine;
using Inception.Distributed.Coordinator.Output;

namespace Inception.Distributed.Coordinator.Tests.Output;

public sealed class RunFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Evaluation_OfANetworkThatHasDiverged_IsWritten()
    {
        var directory = RunDirectory.At(_directory["run"]);
        Directory.CreateDirectory(directory.Root);
        using (var files = new RunFiles(directory, TestJobs.Settings(), null, TimeProvider.System))
            files.Write(new EvaluationOutcome(4, 1, 0.1, 0.5, double.NaN, 23, 1, 0.1, 0.5, double.PositiveInfinity));

        var line = JsonDocument.Parse(File.ReadAllText(directory.Evaluations)).RootElement;
        line.GetProperty("loss").ValueKind.ShouldBe(JsonValueKind.Null);
        line.GetProperty("lossRaw").ValueKind.ShouldBe(JsonValueKind.Null);
        line.GetProperty("top1").GetDouble().ShouldBe(0.1);
    }
}
