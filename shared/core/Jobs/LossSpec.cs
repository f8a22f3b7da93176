namespace Inception.Distributed.Jobs;

public sealed record LossSpec
{
    [Field("ε of q'(k) = (1 − ε)·δ(k, y) + ε/K (\"Rethinking the Inception Architecture\", section 7).", Minimum = 0, Below = 1)]
    public double LabelSmoothing { get; init; }
}
