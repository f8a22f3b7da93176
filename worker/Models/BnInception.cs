using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// BN-Inception ("Batch Normalization", 2015, figure 5), which TF-slim calls inception_v2: its modules 4c and 4d have the widths of TF-slim,
/// since those printed do not add up to the printed sums. The first convolution is a whole one, not separable. 11,194,984 parameters without
/// auxiliary heads, as TF-slim with γ; the paper does not speak of heads, and these are GoogLeNet's with batch normalization.
/// </summary>
public sealed class BnInception : InceptionNetwork
{
    public BnInception(ModelSpec spec) : base(nameof(BnInception), spec)
    {
        // Channels: 1×1, 3×3 reduce, 3×3, double 3×3 reduce, double 3×3, pool
        // Patch and stride                                                      N ×    3 × 224 × 224
        Conv("conv1", 64, size: 7, stride: FirstStride, padding: 3);          // N ×   64 × 112 × 112
        FirstMaxPool("maxpool1", ceilMode: true);                             // N ×   64 ×  56 ×  56
        Conv("conv2", 64, size: 1);                                           // N ×   64 ×  56 ×  56
        Conv("conv3", 192, size: 3, padding: 1);                              // N ×  192 ×  56 ×  56
        MaxPool("maxpool2", ceilMode: true);                                  // N ×  192 ×  28 ×  28
        Mixed("inception3a", Keeping(64, 64, 64, 64, 96, 32));                // N ×  256 ×  28 ×  28
        Mixed("inception3b", Keeping(64, 64, 96, 64, 96, 64));                // N ×  320 ×  28 ×  28
        Mixed("inception3c", Reducing(128, 160, 64, 96));                     // N ×  576 ×  14 ×  14
        Mixed("inception4a", Keeping(224, 64, 96, 96, 128, 128));             // N ×  576 ×  14 ×  14
        if (Heads > 0) Head("aux1", Here, new GoogLeNetHead(Channels, spec, Width, batchNorm: true));
        Mixed("inception4b", Keeping(192, 96, 128, 96, 128, 128));            // N ×  576 ×  14 ×  14
        Mixed("inception4c", Keeping(160, 128, 160, 128, 160, 96));           // N ×  576 ×  14 ×  14
        Mixed("inception4d", Keeping(96, 128, 192, 160, 192, 96));            // N ×  576 ×  14 ×  14
        if (Heads > 0) Head("aux2", Here, new GoogLeNetHead(Channels, spec, Width, batchNorm: true));
        Mixed("inception4e", Reducing(128, 192, 192, 256));                   // N × 1024 ×   7 ×   7
        Mixed("inception5a", Keeping(352, 192, 320, 160, 224, 128));          // N × 1024 ×   7 ×   7
        Mixed("inception5b", Keeping(352, 192, 320, 192, 224, 128, max: true)); // N × 1024 ×   7 ×   7
        Classifier(spec.Dropout, spec.Classes);

        BnInceptionModule Keeping(int c1, int reduce3, int c3, int reduceDouble, int cDouble, int pool, bool max = false) =>
            new(Channels, Width, c1, (reduce3, c3), (reduceDouble, cDouble), pool, max ? null : spec.CountIncludePad);

        BnInceptionReduction Reducing(int reduce3, int c3, int reduceDouble, int cDouble) => new(Channels, Width, (reduce3, c3), (reduceDouble, cDouble));
    }
}

/// <summary>GoogLeNet's module with two 3×3 convolutions instead of the 5×5 one; keeps the grid.</summary>
public sealed class BnInceptionModule : InceptionModule
{
    /// <param name="countIncludePad">Of average pooling; null: max pooling.</param>
    internal BnInceptionModule(int inChannels, ChannelWidth width, int c1, (int Reduce, int Channels) c3, (int Reduce, int Channels) cDouble, int pool, bool? countIncludePad)
        : base(nameof(BnInceptionModule), inChannels, width)
    {
        Branch(Conv("branch1x1", c1, 1));
        Branch(Conv("branch3x3_1", c3.Reduce, 1), Conv("branch3x3_2", c3.Channels, 3));
        Branch(Conv("branch3x3dbl_1", cDouble.Reduce, 1), Conv("branch3x3dbl_2", cDouble.Channels, 3), Conv("branch3x3dbl_3", cDouble.Channels, 3));
        Branch(countIncludePad is { } included ? AveragePool(included) : MaxPool(), Conv("branch_pool", pool, 1));
    }
}

/// <summary>The same with stride 2, without a 1×1 branch; the pooled input passes through. The grid n becomes ⌈n/2⌉.</summary>
public sealed class BnInceptionReduction : InceptionModule
{
    internal BnInceptionReduction(int inChannels, ChannelWidth width, (int Reduce, int Channels) c3, (int Reduce, int Channels) cDouble)
        : base(nameof(BnInceptionReduction), inChannels, width)
    {
        Branch(Conv("branch3x3_1", c3.Reduce, 1), ReducingConv("branch3x3_2", c3.Channels, padding: 1));
        Branch(Conv("branch3x3dbl_1", cDouble.Reduce, 1), Conv("branch3x3dbl_2", cDouble.Channels, 3), ReducingConv("branch3x3dbl_3", cDouble.Channels, padding: 1));
        Branch(ReducingMaxPool(padding: 1));
    }
}
