namespace Inception.Distributed.Jobs;

/// <summary>
/// The learning rate over the run: a linear warm-up from 0, then the policy's curve. A function of the epoch alone, so that neither the batch
/// nor the size of the dataset moves it. Immutable and pure. docs/training.md has the formulas and the picture.
/// </summary>
public sealed class LearningRateSchedule(JobSpec job)
{
    private readonly ScheduleSpec _schedule = job.Schedule;

    /// <summary>The rate that warm-up rises to.</summary>
    public double Peak { get; } = job.Optimizer.LearningRate;

    /// <summary>Length of the run in epochs.</summary>
    public double Epochs => _schedule.Epochs;

    /// <summary>Where the curve jumps or its formula changes, ascending: the start, the end of warm-up, each stair or milestone, the end.</summary>
    public IReadOnlyList<double> Corners =>
        [.. new[] { 0, _schedule.Warmup }.Concat(Jumps()).Append(Epochs).Where(epoch => epoch <= Epochs).Distinct().Order()];

    /// <param name="epoch">Samples trained over samples of an epoch, from 0 to <see cref="Epochs"/>. At a jump: the rate after it.</param>
    public double At(double epoch)
    {
        if (epoch < _schedule.Warmup) return Peak * epoch / _schedule.Warmup;
        var afterWarmup = epoch - _schedule.Warmup;
        return _schedule.Policy switch
        {
            SchedulePolicy.Constant => Peak,
            SchedulePolicy.Exponential => Peak * Math.Pow(_schedule.DecayRate, Math.Floor(afterWarmup / _schedule.DecayEpochs)),
            SchedulePolicy.Step => _schedule.Milestones.Where(milestone => milestone <= epoch).Aggregate(Peak, (rate, _) => rate * _schedule.StepFactor),
            SchedulePolicy.Cosine => Peak * (_schedule.FinalFraction
                + (1 - _schedule.FinalFraction) * 0.5 * (1 + Math.Cos(Math.PI * afterWarmup / (Epochs - _schedule.Warmup)))),
            // Rounding may carry the last epoch past the end, and a power of a negative number is none.
            SchedulePolicy.Polynomial => Peak * (_schedule.FinalFraction
                + (1 - _schedule.FinalFraction) * Math.Pow(Math.Max(0, 1 - afterWarmup / (Epochs - _schedule.Warmup)), _schedule.Power)),
            _ => throw new InvalidOperationException($"no learning rate policy {_schedule.Policy}"),
        };
    }

    /// <summary>
    /// Points to draw the curve by, ascending: evenly spaced ones, and one on either side of each corner, so that a jump is upright.
    /// The last one is the end that the run comes up to.
    /// </summary>
    public IReadOnlyList<(double Epoch, double Rate)> Curve(int intervals)
    {
        // Far below what a picture shows or a step moves, and far above the rounding of corners.
        const double Beside = 1e-12;
        var even = Enumerable.Range(0, intervals + 1).Select(index => Epochs * index / intervals);
        var corners = Corners.SelectMany(epoch => new[] { epoch * (1 - Beside), epoch * (1 + Beside) });
        return [.. even.Except(Corners).Concat(corners).Where(epoch => epoch <= Epochs).Distinct().Order().Select(epoch => (epoch, At(epoch)))];
    }

    private IEnumerable<double> Jumps()
    {
        if (_schedule.Policy == SchedulePolicy.Step) return _schedule.Milestones;
        if (_schedule.Policy != SchedulePolicy.Exponential) return [];
        var stairs = (int)Math.Ceiling((Epochs - _schedule.Warmup) / _schedule.DecayEpochs);
        return Enumerable.Range(1, Math.Max(0, stairs - 1)).Select(stair => _schedule.Warmup + stair * _schedule.DecayEpochs);
    }
}
