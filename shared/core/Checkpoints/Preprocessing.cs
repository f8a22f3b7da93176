using Inception.Distributed.Jobs;

namespace Inception.Distributed.Checkpoints;

/// <summary>From an image to the network's input: resized to a square, intensities scaled to 0…1, then (x − mean) / deviation by channel.</summary>
/// <param name="InputSize">Height and width in pixels.</param>
/// <param name="Channels">Their order.</param>
/// <param name="Mean">In the order of the channels.</param>
/// <param name="Deviation">In the order of the channels.</param>
/// <param name="TransformInput">
/// What torchvision's class needs as <c>transform_input</c> to be fed with images of ImageNet's mean and deviation instead: it turns
/// them into those of mean and deviation 0.5. False where no setting of it fits.
/// </param>
public sealed record Preprocessing(
    int InputSize, string Channels, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation, bool TransformInput)
{
    /// <summary>As the job prepares its images.</summary>
    public static Preprocessing Of(JobSpec job)
    {
        var (mean, deviation) = (job.Data.Normalize.Mean, job.Data.Normalize.Deviation);
        return new Preprocessing(
            job.Model.InputSize, "RGB", [mean, mean, mean], [deviation, deviation, deviation], TransformInput: (mean, deviation) == (0.5, 0.5));
    }

    /// <summary>The same means and deviations? The input's size is the network's to choose.</summary>
    public bool NormalizesLike(Preprocessing other) =>
        Channels == other.Channels && Mean.SequenceEqual(other.Mean) && Deviation.SequenceEqual(other.Deviation);
}

/// <summary>The file that weights were imported from. The hash is SHA-256, lower-case hex.</summary>
public sealed record ImportSource(string File, string Sha256);
