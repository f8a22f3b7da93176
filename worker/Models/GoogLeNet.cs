using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// GoogLeNet, Inception-v1 ("Going deeper with convolutions", 2014, table 1), under torchvision's names. Parameters with 1000 classes and
/// both auxiliary heads: 13,378,280; with batch normalization 13,385,816; torchvision's form 13,004,888.
/// </summary>
public sealed class GoogLeNet : InceptionNetwork
{
    private GoogLeNet(ModelSpec spec, bool batchNorm, int size5x5, int lastPool, bool publishedHeads) : base(nameof(GoogLeNet), spec)
    {
        // Channels: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool
        // Patch and stride                                                               N ×    3 × 224 × 224
        Conv("conv1", 64, size: 7, stride: FirstStride, padding: 3, batchNorm);        // N ×   64 × 112 × 112
        FirstMaxPool("maxpool1", ceilMode: true);                                      // N ×   64 ×  56 ×  56
        if (!batchNorm) Normalize("norm1");
        Conv("conv2", 64, size: 1, batchNorm: batchNorm);                              // N ×   64 ×  56 ×  56
        Conv("conv3", 192, size: 3, padding: 1, batchNorm: batchNorm);                 // N ×  192 ×  56 ×  56
        if (!batchNorm) Normalize("norm2");
        MaxPool("maxpool2", ceilMode: true);                                           // N ×  192 ×  28 ×  28
        Mixed("inception3a", Module(64, 96, 128, 16, 32, 32));                         // N ×  256 ×  28 ×  28
        Mixed("inception3b", Module(128, 128, 192, 32, 96, 64));                       // N ×  480 ×  28 ×  28
        MaxPool("maxpool3", ceilMode: true);                                           // N ×  480 ×  14 ×  14
        Mixed("inception4a", Module(192, 96, 208, 16, 48, 64));                        // N ×  512 ×  14 ×  14
        var after4a = Here;
        Mixed("inception4b", Module(160, 112, 224, 24, 64, 64));                       // N ×  512 ×  14 ×  14
        Mixed("inception4c", Module(128, 128, 256, 24, 64, 64));                       // N ×  512 ×  14 ×  14
        Mixed("inception4d", Module(112, 144, 288, 32, 64, 64));                       // N ×  528 ×  14 ×  14
        var after4d = Here;
        Mixed("inception4e", Module(256, 160, 320, 32, 128, 128));                     // N ×  832 ×  14 ×  14
        MaxPool("maxpool4", lastPool, ceilMode: true);                                 // N ×  832 ×   7 ×   7
        Mixed("inception5a", Module(256, 160, 320, 32, 128, 128));                     // N ×  832 ×   7 ×   7
        Mixed("inception5b", Module(384, 192, 384, 48, 128, 128));                     // N × 1024 ×   7 ×   7
        if (Heads > 0)
        {
            Head("aux1", after4a, new GoogLeNetHead(after4a.Channels, spec, Width, batchNorm, publishedHeads));
            Head("aux2", after4d, new GoogLeNetHead(after4d.Channels, spec, Width, batchNorm, publishedHeads));
        }

        Classifier(spec.Dropout, spec.Classes);

        GoogLeNetModule Module(int c1, int reduce3, int c3, int reduce5, int c5, int pool) =>
            new(Channels, Width, c1, (reduce3, c3), (reduce5, c5), size5x5, pool, batchNorm);
    }

    /// <summary>The paper's network, with its local response normalization or, if the job says so, with batch normalization.</summary>
    public static GoogLeNet OfThePaper(ModelSpec spec) => new(spec, spec.BatchNorm == true, size5x5: 5, lastPool: 3, publishedHeads: true);

    /// <summary>torchvision's, whose "5×5" convolutions are 3×3, and whose weights others have. Its heads' pooling differs a little, too.</summary>
    public static GoogLeNet OfTorchvision(ModelSpec spec) => new(spec, batchNorm: true, size5x5: 3, lastPool: 2, publishedHeads: false);
}

/// <summary>Figure 2b: 1×1, 3×3 and 5×5 convolutions and max pooling beside each other, behind 1×1 convolutions that save work.</summary>
public sealed class GoogLeNetModule : InceptionModule
{
    internal GoogLeNetModule(
        int inChannels, ChannelWidth width, int c1, (int Reduce, int Channels) c3, (int Reduce, int Channels) c5, int size5x5, int pool, bool batchNorm)
        : base(nameof(GoogLeNetModule), inChannels, width, batchNorm)
    {
        Branch(Conv("branch1", c1, 1));
        NestedBranch("branch2", Conv("0", c3.Reduce, 1), Conv("1", c3.Channels, 3));
        NestedBranch("branch3", Conv("0", c5.Reduce, 1), Conv("1", c5.Channels, size5x5));
        NestedBranch("branch4", MaxPool(), Conv("1", pool, 1));
    }
}
