using System.Text.Json;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Cli.Display;

/// <summary>A job's learning rate, sampled for showing.</summary>
internal sealed class ScheduleCurve(JobSpec job)
{
    private const int Intervals = 200;

    public JobSpec Job { get; } = job;

    public LearningRateSchedule Schedule { get; } = new(job);

    /// <summary>As job files spell it.</summary>
    public string Policy => JsonNamingPolicy.KebabCaseLower.ConvertName(Job.Schedule.Policy.ToString());

    public IReadOnlyList<(double Epoch, double Rate)> Points { get; } = new LearningRateSchedule(job).Curve(Intervals);
}
