namespace Inception.Distributed.Worker.Evaluation;

/// <summary>What a label is worth under the scores of all classes.</summary>
internal static class ImageScores
{
    /// <summary>How many classes score above the label; of equal scores the lower class counts as higher, so a tie is no gift. NaN ranks last.</summary>
    public static int RankOf(int label, ReadOnlySpan<double> scores)
    {
        if (double.IsNaN(scores[label])) return scores.Length;
        var rank = 0;
        for (var other = 0; other < scores.Length; other++)
        {
            if (scores[other] > scores[label] || (scores[other] == scores[label] && other < label)) rank++;
        }

        return rank;
    }

    /// <summary>The class with the highest score; of equal ones the lowest, 0 where all are NaN.</summary>
    public static int Highest(ReadOnlySpan<double> scores)
    {
        var best = 0;
        for (var other = 1; other < scores.Length; other++)
        {
            if (scores[other] > scores[best] || (double.IsNaN(scores[best]) && !double.IsNaN(scores[other]))) best = other;
        }

        return best;
    }

    /// <summary>−log softmax(logits)[label], in nats.</summary>
    public static double CrossEntropy(int label, ReadOnlySpan<double> logits)
    {
        var (highest, sum) = Normalizer(logits);
        return highest + Math.Log(sum) - logits[label];
    }

    /// <summary>Adds softmax(logits) to <paramref name="sums"/>.</summary>
    public static void AddSoftmax(ReadOnlySpan<double> logits, Span<double> sums)
    {
        var (highest, sum) = Normalizer(logits);
        for (var i = 0; i < logits.Length; i++) sums[i] += Math.Exp(logits[i] - highest) / sum;
    }

    private static (double Highest, double Sum) Normalizer(ReadOnlySpan<double> logits)
    {
        var highest = double.NegativeInfinity;
        foreach (var logit in logits) highest = Math.Max(highest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - highest);
        return (highest, sum);
    }
}
