using Inception.Distributed.Cli.DataTools;
using Inception.Distributed.Worker.Data.Tools;

namespace Inception.Distributed.Cli.Tests.DataTools;

public sealed class ProgressLineTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void OnATerminal_ALineIsWrittenOver_AndNothingOfItStays()
    {
        using (var line = Line(isTerminal: true))
        {
            line.Show();
            _output.ToString().ShouldBe("", "nothing is done yet");
            Work(line, 100);
            line.Show();
        }

        const string Text = "verifying 100 of 1,000 images, 50.0 images/s, 18 s left";
        _output.ToString().ShouldBe($"\r{Text}\r{new string(' ', Text.Length)}\r");
    }

    [Fact]
    public void InALog_LinesFollowEachOther()
    {
        using (var line = Line(isTerminal: false))
        {
            Work(line, 500);
            line.Show();
        }

        _output.ToString().ShouldBe($"verifying 500 of 1,000 images, 250 images/s, 2.0 s left{Environment.NewLine}");
    }

    [Fact]
    public void AfterItsEnd_NothingIsShown()
    {
        var line = Line(isTerminal: true);
        Work(line, 100);
        line.Dispose();
        line.Show();
        _output.ToString().ShouldBe("");
    }

    private ProgressLine Line(bool isTerminal) => new("verifying", 1000, _output, isTerminal, _time);

    private void Work(ProgressLine line, int samples)
    {
        var corrupt = Verification.Run(new Worker.Data.SyntheticDataset(samples, 2, false), new() { Train = [new() { Format = Jobs.DatasetFormat.Synthetic }] }, 1, line.Progress, CancellationToken.None);
        corrupt.ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(2));
    }
}
