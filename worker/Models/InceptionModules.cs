namespace Inception.Distributed.Worker.Models;

// The modules of "Rethinking the Inception Architecture for Computer Vision" (2015), table 1, in the widths and under the names
// that torchvision has. Channels are given at full width; grids are those of a 299×299 image.

/// <summary>Figure 5, with a true 5×5 branch: N×in×35×35 → N×(224 + pool)×35×35.</summary>
public sealed class InceptionA : InceptionModule
{
    internal InceptionA(int inChannels, int poolChannels, ChannelWidth width, bool countIncludePad) : base(nameof(InceptionA), inChannels, width)
    {
        Branch(Conv("branch1x1", 64, 1));
        Branch(Conv("branch5x5_1", 48, 1), Conv("branch5x5_2", 64, 5));
        Branch(Conv("branch3x3dbl_1", 64, 1), Conv("branch3x3dbl_2", 96, 3), Conv("branch3x3dbl_3", 96, 3));
        Branch(AveragePool(countIncludePad), Conv("branch_pool", poolChannels, 1));
    }
}

/// <summary>Figure 5 as drawn, the 5×5 as two 3×3: N×in×35×35 → N×288×35×35. The paper's text does not give the branches' widths; these are torchvision's.</summary>
public sealed class InceptionFigure5 : InceptionModule
{
    internal InceptionFigure5(int inChannels, ChannelWidth width, bool countIncludePad) : base(nameof(InceptionFigure5), inChannels, width)
    {
        Branch(Conv("branch1x1", 64, 1));
        Branch(Conv("branch3x3_1", 48, 1), Conv("branch3x3_2", 64, 3));
        Branch(Conv("branch3x3dbl_1", 64, 1), Conv("branch3x3dbl_2", 96, 3), Conv("branch3x3dbl_3", 96, 3));
        Branch(AveragePool(countIncludePad), Conv("branch_pool", 64, 1));
    }
}

/// <summary>Grid reduction: N×288×35×35 → N×768×17×17.</summary>
public sealed class InceptionB : InceptionModule
{
    internal InceptionB(int inChannels, ChannelWidth width) : base(nameof(InceptionB), inChannels, width)
    {
        Branch(ReducingConv("branch3x3", 384));
        Branch(Conv("branch3x3dbl_1", 64, 1), Conv("branch3x3dbl_2", 96, 3), ReducingConv("branch3x3dbl_3", 96));
        Branch(ReducingMaxPool());
    }
}

/// <summary>Figure 6, 7×7 as 1×7 and 7×1: N×768×17×17 → N×768×17×17.</summary>
public sealed class InceptionC : InceptionModule
{
    internal InceptionC(int inChannels, int c7, ChannelWidth width, bool countIncludePad) : base(nameof(InceptionC), inChannels, width)
    {
        Branch(Conv("branch1x1", 192, 1));
        Branch(Conv("branch7x7_1", c7, 1), Conv("branch7x7_2", c7, 1, 7), Conv("branch7x7_3", 192, 7, 1));
        Branch(Conv("branch7x7dbl_1", c7, 1), Conv("branch7x7dbl_2", c7, 7, 1), Conv("branch7x7dbl_3", c7, 1, 7),
            Conv("branch7x7dbl_4", c7, 7, 1), Conv("branch7x7dbl_5", 192, 1, 7));
        Branch(AveragePool(countIncludePad), Conv("branch_pool", 192, 1));
    }
}

/// <summary>Grid reduction: N×768×17×17 → N×1280×8×8.</summary>
public sealed class InceptionD : InceptionModule
{
    internal InceptionD(int inChannels, ChannelWidth width) : base(nameof(InceptionD), inChannels, width)
    {
        Branch(Conv("branch3x3_1", 192, 1), ReducingConv("branch3x3_2", 320));
        Branch(Conv("branch7x7x3_1", 192, 1), Conv("branch7x7x3_2", 192, 1, 7), Conv("branch7x7x3_3", 192, 7, 1), ReducingConv("branch7x7x3_4", 192));
        Branch(ReducingMaxPool());
    }
}

/// <summary>Figure 7, expanded filter bank: N×in×8×8 → N×2048×8×8.</summary>
public sealed class InceptionE : InceptionModule
{
    internal InceptionE(int inChannels, ChannelWidth width, bool countIncludePad) : base(nameof(InceptionE), inChannels, width)
    {
        Branch(Conv("branch1x1", 320, 1));
        Branch(Conv("branch3x3_1", 384, 1), Fork(Conv("branch3x3_2a", 384, 1, 3), Conv("branch3x3_2b", 384, 3, 1)));
        Branch(Conv("branch3x3dbl_1", 448, 1), Conv("branch3x3dbl_2", 384, 3),
            Fork(Conv("branch3x3dbl_3a", 384, 1, 3), Conv("branch3x3dbl_3b", 384, 3, 1)));
        Branch(AveragePool(countIncludePad), Conv("branch_pool", 192, 1));
    }
}
