using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Models;

/// <summary>
/// Inception-v3 ("Rethinking the Inception Architecture for Computer Vision", 2015, table 1) as torchvision lays it out, with the
/// names of its state dict. Images of 75×75 and more; 27,161,264 parameters at full width with the auxiliary head and 1000 classes.
/// </summary>
public sealed class InceptionV3 : nn.Module<Tensor, InceptionOutput>
{
    private readonly List<Func<Tensor, Tensor>> _toMixed6e = [];
    private readonly List<Func<Tensor, Tensor>> _toMixed7c = [];
    private readonly AuxiliaryHead? _auxiliary;
    private readonly Dropout _dropout;
    private readonly Linear _fc;

    /// <param name="classes">Length of the logits.</param>
    /// <param name="width">Of every layer.</param>
    /// <param name="dropout">Probability of dropping a feature before the classifier.</param>
    /// <param name="auxiliary">Whether there is an auxiliary head.</param>
    /// <param name="countIncludePad">Whether padding counts in the means of average pooling: as in torchvision; TensorFlow leaves it out.</param>
    public InceptionV3(int classes, ChannelWidth width, double dropout = 0.5, bool auxiliary = true, bool countIncludePad = true)
        : base(nameof(InceptionV3))
    {
        var channels = 3;
        // Patch and stride                                                  N ×    3 × 299 × 299
        Conv("Conv2d_1a_3x3", 32, size: 3, stride: 2);                    // N ×   32 × 149 × 149
        Conv("Conv2d_2a_3x3", 32, size: 3);                               // N ×   32 × 147 × 147
        Conv("Conv2d_2b_3x3", 64, size: 3, padding: 1);                   // N ×   64 × 147 × 147
        _toMixed6e.Add(MaxPool);                                          // N ×   64 ×  73 ×  73
        Conv("Conv2d_3b_1x1", 80, size: 1);                               // N ×   80 ×  73 ×  73
        Conv("Conv2d_4a_3x3", 192, size: 3);                              // N ×  192 ×  71 ×  71
        _toMixed6e.Add(MaxPool);                                          // N ×  192 ×  35 ×  35
        Mixed("Mixed_5b", new InceptionA(channels, 32, width, countIncludePad), _toMixed6e);   // N ×  256 ×  35 ×  35
        Mixed("Mixed_5c", new InceptionA(channels, 64, width, countIncludePad), _toMixed6e);   // N ×  288 ×  35 ×  35
        Mixed("Mixed_5d", new InceptionA(channels, 64, width, countIncludePad), _toMixed6e);   // N ×  288 ×  35 ×  35
        Mixed("Mixed_6a", new InceptionB(channels, width), _toMixed6e);                        // N ×  768 ×  17 ×  17
        Mixed("Mixed_6b", new InceptionC(channels, 128, width, countIncludePad), _toMixed6e);  // N ×  768 ×  17 ×  17
        Mixed("Mixed_6c", new InceptionC(channels, 160, width, countIncludePad), _toMixed6e);  // N ×  768 ×  17 ×  17
        Mixed("Mixed_6d", new InceptionC(channels, 160, width, countIncludePad), _toMixed6e);  // N ×  768 ×  17 ×  17
        Mixed("Mixed_6e", new InceptionC(channels, 192, width, countIncludePad), _toMixed6e);  // N ×  768 ×  17 ×  17
        if (auxiliary)
            register_module("AuxLogits", _auxiliary = new AuxiliaryHead(channels, classes, width));
        Mixed("Mixed_7a", new InceptionD(channels, width), _toMixed7c);                        // N × 1280 ×   8 ×   8
        Mixed("Mixed_7b", new InceptionE(channels, width, countIncludePad), _toMixed7c);       // N × 2048 ×   8 ×   8
        Mixed("Mixed_7c", new InceptionE(channels, width, countIncludePad), _toMixed7c);       // N × 2048 ×   8 ×   8
        register_module("dropout", _dropout = nn.Dropout(dropout));
        register_module("fc", _fc = nn.Linear(channels, classes));

        void Conv(string name, int outChannels, int size, int stride = 1, int padding = 0)
        {
            var convolution = new BasicConv2d(channels, width.Scale(outChannels), (size, size), stride, (padding, padding));
            register_module(name, convolution);
            _toMixed6e.Add(convolution.call);
            channels = convolution.OutChannels;
        }

        void Mixed(string name, InceptionModule module, List<Func<Tensor, Tensor>> stages)
        {
            register_module(name, module);
            stages.Add(module.call);
            channels = module.OutChannels;
        }
    }

    /// <param name="input">N×3×H×W with H, W ≥ 75; N ≥ 2 in training with the auxiliary head, whose last grid is 1×1.</param>
    public override InceptionOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var mixed6e = Run(_toMixed6e, input);
        var auxiliary = training ? _auxiliary?.call(mixed6e) : null;
        var x = Run(_toMixed7c, mixed6e);
        // N × 2048 × 8 × 8
        x = nn.functional.adaptive_avg_pool2d(x, 1);
        // N × 2048 × 1 × 1
        x = _dropout.call(x).flatten(1);
        // N × 2048
        return new InceptionOutput(_fc.call(x).MoveToOuterDisposeScope(), auxiliary?.MoveToOuterDisposeScope());
    }

    private static Tensor MaxPool(Tensor input) => nn.functional.max_pool2d(input, 3, stride: 2);

    // Lets go of each intermediate result at once: in evaluation nothing else holds it.
    private static Tensor Run(List<Func<Tensor, Tensor>> stages, Tensor input)
    {
        var x = input;
        foreach (var stage in stages)
        {
            var next = stage(x);
            if (!ReferenceEquals(x, input))
                x.Dispose();
            x = next;
        }

        return x;
    }
}
