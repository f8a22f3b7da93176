using Inception.Distributed.Jobs;
using Inception.Distributed.Worker.Data;

namespace Inception.Distributed.Worker.Tests.Data;

public sealed class MixingTests
{
    private const int Samples = 7, Size = 75;

    private static Mixture[] Draw(double mixup, double cutmix, int samples = Samples, long seed = 1) =>
        [.. Enumerable.Range(0, 2000).Select(index => new Mixing(new AugmentSpec { Mixup = mixup, Cutmix = cutmix }, samples, Size, seed).For(index / 4, index % 4)!)];

    [Fact]
    public void For_NeitherOn_IsNothing() => new Mixing(new AugmentSpec(), 1, Size, 1).For(0, 0).ShouldBeNull();

    [Fact]
    public void For_Mixup_MixesWholeImagesWithEveryOtherSampleAsPartner()
    {
        var drawn = Draw(mixup: 0.2, cutmix: 0);

        drawn.ShouldAllBe(mixture => mixture.Box == null && mixture.Share >= 0 && mixture.Share <= 1);
        drawn.Select(mixture => mixture.Shift).Distinct().Order().ShouldBe(Enumerable.Range(1, Samples - 1));
        drawn.Average(mixture => mixture.Share).ShouldBe(0.5, 0.05);
    }

    [Fact]
    public void For_Cutmix_HasTheShareThatTheBoxLeaves()
    {
        var drawn = Draw(mixup: 0, cutmix: 1);

        foreach (var (_, share, given) in drawn)
        {
            var box = given!.Value;
            box.Top.ShouldBeInRange(0, Size - 1);
            box.Left.ShouldBeInRange(0, Size - 1);
            (box.Top + box.Height).ShouldBeInRange(box.Top, Size);
            (box.Left + box.Width).ShouldBeInRange(box.Left, Size);
            share.ShouldBe(1 - (double)(box.Height * box.Width) / (Size * Size));
        }

        // Boxes that reach beyond the image lose area, so more than the half that Beta(1, 1) gives is kept.
        drawn.Average(mixture => mixture.Share).ShouldBeInRange(0.55, 0.75);
        drawn.Count(mixture => mixture.Box!.Value.Top == 0).ShouldBeInRange(200, 1200);
    }

    [Fact]
    public void For_Both_DrawsOneOfThemForEachMicroBatch() =>
        Draw(mixup: 0.2, cutmix: 1).Count(mixture => mixture.Box is null).ShouldBeInRange(900, 1100);

    [Fact]
    public void For_MicroBatchOfTwo_MixesEachWithTheOther() => Draw(mixup: 1, cutmix: 1, samples: 2).ShouldAllBe(mixture => mixture.Shift == 1);

    [Fact]
    public void For_SameKey_IsTheSame_AndAnotherIsAnother()
    {
        Draw(1, 1).ShouldBe(Draw(1, 1));
        Draw(1, 0).Select(mixture => mixture.Share).Distinct().Count().ShouldBe(2000);
        Draw(1, 0, seed: 2).Zip(Draw(1, 0)).ShouldAllBe(pair => pair.First.Share != pair.Second.Share);
    }
}
