using Inception.Distributed.Cli.Display;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Tests.Display;

public sealed class StatusTextTests
{
    private static readonly EvaluationResult Evaluated =
        new() { Step = 30, Epoch = 6.79, Top1 = 0.914, Top5 = 0.9981, Loss = 0.3295, Images = 10_000, Seconds = 5.2 };

    [Fact]
    public void Evaluation_OfTheWeightsAlone_SaysNothingOfAverages() =>
        StatusText.Evaluation(Evaluated).ShouldBe("evaluation after step 30 (epoch 6.79): top-1 91.40 %, top-5 99.81 %, loss 0.3295, 10,000 images in 5.2 s");

    [Fact]
    public void Evaluation_OfAveragedAndRawWeights_SaysWhichIsWhich()
    {
        var both = Evaluated.Clone();
        both.Raw = new RawResult { Top1 = 0.9012, Top5 = 0.9977, Loss = 0.3511 };

        StatusText.Evaluation(both).ShouldContain("loss 0.3295 with averaged weights (90.12 %, 99.77 %, 0.3511 with the raw ones), 10,000 images");
    }
}
