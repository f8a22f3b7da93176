namespace Inception.Distributed.Evaluation;

/// <summary>A class among the images that are labelled so. Fractions of 1; NaN where no image has the label.</summary>
public sealed record ClassFigures(int Class, long Images, long Top1Correct, long Top5Correct)
{
    public double Top1 => (double)Top1Correct / Images;

    public double Top5 => (double)Top5Correct / Images;
}

/// <summary>
/// The figures of an evaluation, from the outcomes of its images. Losses are added block by block, as during a run, so whoever evaluated
/// which of them changes no bit.
/// </summary>
public sealed class EvaluationFigures
{
    public const int TopK = 5;

    private readonly long[] _confusion;

    private EvaluationFigures(int classes, long[] confusion, IReadOnlyList<ClassFigures> perClass, double loss)
    {
        (Classes, _confusion, PerClass, Loss) = (classes, confusion, perClass, loss);
        Images = perClass.Sum(figures => figures.Images);
    }

    public int Classes { get; }

    public long Images { get; }

    /// <summary>Accuracy as a fraction of 1.</summary>
    public double Top1 => (double)PerClass.Sum(figures => figures.Top1Correct) / Images;

    public double Top5 => (double)PerClass.Sum(figures => figures.Top5Correct) / Images;

    /// <summary>The fraction of the images that <see cref="Top1"/> leaves.</summary>
    public double Top1Error => (double)PerClass.Sum(figures => figures.Images - figures.Top1Correct) / Images;

    public double Top5Error => (double)PerClass.Sum(figures => figures.Images - figures.Top5Correct) / Images;

    /// <summary>Mean cross-entropy in nats.</summary>
    public double Loss { get; }

    /// <summary>By class.</summary>
    public IReadOnlyList<ClassFigures> PerClass { get; }

    /// <summary>How many images of class <paramref name="label"/> were taken for class <paramref name="predicted"/>.</summary>
    public long Confusion(int label, int predicted) => _confusion[(long)label * Classes + predicted];

    /// <param name="blocks">In their order; at least one image.</param>
    public static EvaluationFigures Of(int classes, IEnumerable<IReadOnlyList<ImageOutcome>> blocks)
    {
        var confusion = new long[(long)classes * classes];
        var (images, top1, top5) = (new long[classes], new long[classes], new long[classes]);
        var loss = 0.0;
        foreach (var block in blocks)
        {
            foreach (var outcome in block)
            {
                confusion[(long)outcome.Label * classes + outcome.Predicted]++;
                images[outcome.Label]++;
                if (outcome.Rank == 0) top1[outcome.Label]++;
                if (outcome.Rank < TopK) top5[outcome.Label]++;
            }

            loss += block.Aggregate(0.0, (sum, outcome) => sum + outcome.Loss);
        }

        var perClass = Enumerable.Range(0, classes).Select(label => new ClassFigures(label, images[label], top1[label], top5[label])).ToList();
        return new EvaluationFigures(classes, confusion, perClass, loss / images.Sum());
    }
}
