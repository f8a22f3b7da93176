using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// Inception-v3 ("Rethinking the Inception Architecture for Computer Vision", 2015, table 1) as torchvision lays it out, with the
/// names of its state dict. Images of 75×75 and more; 27,161,264 parameters at full width with the auxiliary head and 1000 classes.
/// </summary>
public sealed class InceptionV3 : InceptionNetwork
{
    public InceptionV3(ModelSpec spec) : base(nameof(InceptionV3), spec)
    {
        var pad = spec.CountIncludePad;
        // Patch and stride                                                     N ×    3 × 299 × 299
        Conv("Conv2d_1a_3x3", 32, size: 3, stride: FirstStride);             // N ×   32 × 149 × 149
        Conv("Conv2d_2a_3x3", 32, size: 3);                                  // N ×   32 × 147 × 147
        Conv("Conv2d_2b_3x3", 64, size: 3, padding: 1);                      // N ×   64 × 147 × 147
        FirstMaxPool("maxpool1");                                            // N ×   64 ×  73 ×  73
        Conv("Conv2d_3b_1x1", 80, size: 1);                                  // N ×   80 ×  73 ×  73
        Conv("Conv2d_4a_3x3", 192, size: 3);                                 // N ×  192 ×  71 ×  71
        MaxPool("maxpool2");                                                 // N ×  192 ×  35 ×  35
        Mixed("Mixed_5b", new InceptionA(Channels, 32, Width, pad));         // N ×  256 ×  35 ×  35
        Mixed("Mixed_5c", new InceptionA(Channels, 64, Width, pad));         // N ×  288 ×  35 ×  35
        Mixed("Mixed_5d", new InceptionA(Channels, 64, Width, pad));         // N ×  288 ×  35 ×  35
        Mixed("Mixed_6a", new InceptionB(Channels, Width));                  // N ×  768 ×  17 ×  17
        Mixed("Mixed_6b", new InceptionC(Channels, 128, Width, pad));        // N ×  768 ×  17 ×  17
        Mixed("Mixed_6c", new InceptionC(Channels, 160, Width, pad));        // N ×  768 ×  17 ×  17
        Mixed("Mixed_6d", new InceptionC(Channels, 160, Width, pad));        // N ×  768 ×  17 ×  17
        Mixed("Mixed_6e", new InceptionC(Channels, 192, Width, pad));        // N ×  768 ×  17 ×  17
        if (Heads > 0) Head("AuxLogits", Here, new AuxiliaryHead(Channels, spec, Width, batchNormFc: true));
        Mixed("Mixed_7a", new InceptionD(Channels, Width));                  // N × 1280 ×   8 ×   8
        Mixed("Mixed_7b", new InceptionE(Channels, Width, pad));             // N × 2048 ×   8 ×   8
        Mixed("Mixed_7c", new InceptionE(Channels, Width, pad));             // N × 2048 ×   8 ×   8
        Classifier(spec.Dropout, spec.Classes);
    }
}
