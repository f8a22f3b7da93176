namespace Inception.Distributed.Worker.Models;

/// <summary>Multiplies the channel counts of the published networks; 1 leaves them as they are.</summary>
public readonly record struct ChannelWidth(double Factor)
{
    public static ChannelWidth Full => new(1);

    /// <summary>The product rounded to the nearest whole number (halves up), and at least 1.</summary>
    public int Scale(int channels) => Math.Max(1, (int)Math.Floor(channels * Factor + 0.5));
}
