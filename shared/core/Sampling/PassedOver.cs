namespace Inception.Distributed.Sampling;

/// <summary>
/// Samples that a rollback passed over: before the step with this number of applied steps before it, the stream goes on behind the samples of
/// so many steps.
/// </summary>
public readonly record struct PassedOver(long AtStep, long Steps)
{
    /// <summary>Where in the stream a step begins, in steps: those applied before it and those passed over.</summary>
    /// <param name="step">Applied steps before it.</param>
    public static long StreamStep(IReadOnlyList<PassedOver> passed, long step)
    {
        var position = step;
        for (var i = 0; i < passed.Count; i++)
        {
            if (passed[i].AtStep <= step) position += passed[i].Steps;
        }

        return position;
    }

    /// <summary>Steps passed over right before this one.</summary>
    public static long Before(IReadOnlyList<PassedOver> passed, long step) => passed.Where(window => window.AtStep == step).Sum(window => window.Steps);

    /// <summary>A state after so many steps is the same for both: they differ only in what lies ahead of it.</summary>
    public static bool AreAlikeUpTo(long step, IReadOnlyList<PassedOver> one, IReadOnlyList<PassedOver> other) =>
        one.Where(window => window.AtStep < step).SequenceEqual(other.Where(window => window.AtStep < step));
}
