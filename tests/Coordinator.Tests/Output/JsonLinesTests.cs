using Inception.Distributed.Coordinator.Output;

namespace Inception.Distributed.Coordinator.Tests.Output;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory["log.jsonl"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(9, 3)]
    public void CutAfter_KeepsTheLinesUpToTheStep(long lastStep, int kept)
    {
        using (var lines = JsonLines.Append(Path))
        {
            for (var step = 1; step <= 3; step++) lines.Write(new { Step = step, Loss = 0.5 });
        }
        JsonLines.CutAfter(Path, lastStep).ShouldBe(3 - kept);
        File.ReadAllLines(Path).ShouldBe(Enumerable.Range(1, kept).Select(step => $$"""{"step":{{step}},"loss":0.5}"""));
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(1000, 4)]
    [InlineData(3, 200_000)] // Lines that are longer than what is read at a time.
    public void CutAfter_WhileWriting_DropsTheLastLinesOnly(int steps, int textLength)
    {
        var text = new string('x', textLength);
        using (var lines = JsonLines.Append(Path))
        {
            lines.ReadLastStep().ShouldBeNull();
            for (var step = 1; step <= steps; step++) lines.Write(new { Step = step, Text = text });
            lines.ReadLastStep().ShouldBe(steps);
            lines.CutAfter(steps);
            lines.CutAfter(steps - 2);
            lines.ReadLastStep().ShouldBe(steps - 2);
            lines.Write(new { Step = steps - 1 });
        }
        File.ReadAllLines(Path).ShouldBe([
            .. Enumerable.Range(1, steps - 2).Select(step => $$"""{"step":{{step}},"text":"{{text}}"}"""), $$"""{"step":{{steps - 1}}}"""]);

        using (var lines = JsonLines.Append(Path)) lines.CutAfter(0);
        File.ReadAllText(Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{\"step\":2,\"lo")]
    [InlineData("{\"loss\":1}")]
    [InlineData("[]")]
    [InlineData("")]
    public void CutAfter_DropsATornLineAndWhatFollows(string torn)
    {
        File.WriteAllText(Path, $"{{\"step\":1}}\n{torn}\n{{\"step\":3}}\n");
        JsonLines.CutAfter(Path, 10).ShouldBe(2);
        File.ReadAllText(Path).ShouldBe("{\"step\":1}\n");
    }

    [Fact]
    public void CutAfter_NoFile_DoesNothing() => JsonLines.CutAfter(Path, 3).ShouldBe(0);

    [Fact]
    public void Write_AppendsToWhatIsThere()
    {
        File.WriteAllText(Path, "{\"step\":1}\n");
        using (var lines = JsonLines.Append(Path)) lines.Write(new { Step = 2 });
        File.ReadAllText(Path).ShouldBe("{\"step\":1}\n{\"step\":2}\n");
    }
}
