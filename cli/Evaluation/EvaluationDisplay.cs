using Inception.Distributed.Cli.Display;
using Inception.Distributed.Coordinator.Evaluation;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>Tells now and then how far an evaluation is, on standard error, so that the figures alone go to standard output.</summary>
internal sealed class EvaluationDisplay(TextWriter output, TimeProvider time) : IEvaluationDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _first;
    private long _last;

    public void Show(EvaluationProgress progress)
    {
        lock (_gate)
        {
            if (progress.EvaluatedImages == 0) _first = _last = time.GetTimestamp();
            if (progress.EvaluatedImages == 0 || progress.EvaluatedImages == progress.Images || time.GetElapsedTime(_last) < Pause) return;
            _last = time.GetTimestamp();
            var seconds = time.GetElapsedTime(_first).TotalSeconds;
            var left = seconds / progress.EvaluatedImages * (progress.Images - progress.EvaluatedImages);
            output.WriteLine($"{Format.Count(progress.EvaluatedImages)} of {Format.Count(progress.Images)} images, "
                + $"{Format.Count(progress.Workers, "worker")}, {Format.Duration(left)} left");
        }
    }

    public void Say(string line)
    {
        lock (_gate) output.WriteLine(line);
    }
}
