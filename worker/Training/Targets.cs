using Inception.Distributed.Worker.Data;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Training;

/// <summary>
/// What a micro-batch's outputs are compared with: labels, int64 [N], and where its samples were mixed, the labels of their partners.
/// </summary>
/// <param name="Share">Of the sample's own label; 1 without partners.</param>
internal sealed record Targets(Tensor Labels, Tensor? PartnerLabels = null, double Share = 1)
{
    /// <summary>Mixes the images in place, and the labels with them.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    public static Targets Mix(Tensor images, Tensor labels, Mixture mixture)
    {
        var partners = Rotate(images, mixture.Shift);
        if (mixture.Box is { } box)
        {
            Inside(images, box).copy_(Inside(partners, box));
        }
        else
        {
            images.mul_(mixture.Share).add_(partners.mul_(1 - mixture.Share));
        }

        return new Targets(labels, Rotate(labels, mixture.Shift), mixture.Share);
    }

    /// <summary>The mean over the samples of loss(labels), in mixtures of the shares of both labels: the cross-entropy against soft labels.</summary>
    public Tensor Loss(Func<Tensor, Tensor> loss) =>
        PartnerLabels is null ? loss(Labels) : loss(Labels).mul(Share).add(loss(PartnerLabels), 1 - Share);

    private static Tensor Inside(Tensor images, CropWindow box) => images.narrow(2, box.Top, box.Height).narrow(3, box.Left, box.Width);

    private static Tensor Rotate(Tensor samples, long shift)
    {
        var count = samples.shape[0];
        return cat([samples.narrow(0, shift, count - shift), samples.narrow(0, 0, shift)]);
    }
}
