using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// Inception-v2 of "Rethinking the Inception Architecture for Computer Vision" (2015), table 1, in GoogLeNet's numbering of modules;
/// not to be taken for <see cref="BnInception"/>, which others call Inception-v2. The table gives the grids and the channels between
/// modules; within them, widths are those of <see cref="InceptionV3"/>. The rows of the paper's table 3 are options: the first 7×7
/// convolution as three 3×3 ones (as in table 1) or not, and batch normalization of the auxiliary head's fully connected layer.
/// The head stands on the last 17×17 module that keeps its grid; or two do, where GoogLeNet has them.
/// </summary>
public sealed class InceptionV2 : InceptionNetwork
{
    public InceptionV2(ModelSpec spec) : base(nameof(InceptionV2), spec)
    {
        var pad = spec.CountIncludePad;
        // Patch and stride                                                     N ×    3 × 299 × 299
        if (spec.Factorized7x7 != false)
        {
            Conv("Conv2d_1a_3x3", 32, size: 3, stride: FirstStride);         // N ×   32 × 149 × 149
            Conv("Conv2d_1b_3x3", 32, size: 3);                              // N ×   32 × 147 × 147
            Conv("Conv2d_1c_3x3", 64, size: 3, padding: 1);                  // N ×   64 × 147 × 147
        }
        else
        {
            Conv("Conv2d_1a_7x7", 64, size: 7, stride: FirstStride);         // N ×   64 × 147 × 147
        }

        FirstMaxPool("maxpool1");                                            // N ×   64 ×  73 ×  73
        Conv("Conv2d_2a_3x3", 80, size: 3);                                  // N ×   80 ×  71 ×  71
        Conv("Conv2d_2b_3x3", 192, size: 3, stride: 2);                      // N ×  192 ×  35 ×  35
        Conv("Conv2d_2c_3x3", 288, size: 3, padding: 1);                     // N ×  288 ×  35 ×  35
        Mixed("Mixed_3a", new InceptionFigure5(Channels, Width, pad));       // N ×  288 ×  35 ×  35
        Mixed("Mixed_3b", new InceptionFigure5(Channels, Width, pad));       // N ×  288 ×  35 ×  35
        Mixed("Mixed_3c", new InceptionB(Channels, Width));                  // N ×  768 ×  17 ×  17
        Mixed("Mixed_4a", new InceptionC(Channels, 128, Width, pad));        // N ×  768 ×  17 ×  17
        if (Heads == 2) AuxiliaryHead("AuxLogits_4a", spec);
        Mixed("Mixed_4b", new InceptionC(Channels, 160, Width, pad));        // N ×  768 ×  17 ×  17
        Mixed("Mixed_4c", new InceptionC(Channels, 160, Width, pad));        // N ×  768 ×  17 ×  17
        Mixed("Mixed_4d", new InceptionC(Channels, 192, Width, pad));        // N ×  768 ×  17 ×  17
        if (Heads > 0) AuxiliaryHead("AuxLogits_4d", spec);
        Mixed("Mixed_4e", new InceptionD(Channels, Width));                  // N × 1280 ×   8 ×   8
        Mixed("Mixed_5a", new InceptionE(Channels, Width, pad));             // N × 2048 ×   8 ×   8
        Mixed("Mixed_5b", new InceptionE(Channels, Width, pad));             // N × 2048 ×   8 ×   8
        Classifier(spec.Dropout, spec.Classes);
    }

    private void AuxiliaryHead(string name, ModelSpec spec) =>
        Head(name, Here, new AuxiliaryHead(Channels, spec, Width, batchNormFc: spec.Auxiliary.NormalizeFc != false));
}
