using Inception.Distributed.Jobs;
using Inception.Distributed.Protocol;
using Inception.Distributed.Tests.Data;
using Inception.Distributed.Worker.Data;
using Inception.Distributed.Worker.Evaluation;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Evaluation;

public sealed class CheckpointEvaluatorTests : IDisposable
{
    private readonly SavedModels _models = new();

    public void Dispose() => _models.Dispose();

    /// <summary>Everything once more as plainly as can be: image by image, view by view, in double precision outside the network.</summary>
    [Theory]
    [InlineData(1, "", 1), InlineData(1, "raw", 1), InlineData(10, "ema", 1), InlineData(1, "", 2), InlineData(12, "raw", 2)]
    public void Evaluate_AgreesWithAPlainReimplementation(int crops, string weights, int networks)
    {
        JobSpec[] jobs = [.. new[] { SavedModels.Job(seed: 1), SavedModels.Job(seed: 2, inputSize: 83) }.Take(networks)];
        using var evaluator = SavedModels.Open(jobs[0], crops, weights, [], [.. jobs.Select(_models.Save)]);

        var outcomes = SavedModels.EvaluateAll(evaluator);

        outcomes.Select(outcome => outcome.Image).ShouldBe(Enumerable.Range(0, SavedModels.Images).Select(image => (long)image));
        var data = Datasets.OpenValidation(jobs[0], _ => { })!;
        var buffer = new ByteBuffer();
        foreach (var (image, label, predicted, rank, loss) in outcomes)
        {
            var mean = new double[jobs[0].Model.Classes];
            for (var network = 0; network < networks; network++)
            {
                foreach (var window in Windows(Pixels(data, image, buffer), crops))
                {
                    var spec = jobs[network];
                    var view = Reference.Input(Pixels(data, image, buffer), window, spec.Model.InputSize, spec.Data.Normalize);
                    var logits = evaluator.Models[network].Predict([.. view.Select(value => (float)value)]);
                    var exponentials = logits.Select(logit => Math.Exp(logit)).ToList();
                    for (var i = 0; i < mean.Length; i++) mean[i] += exponentials[i] / exponentials.Sum() / networks / crops;
                }
            }

            label.ShouldBe(data.Label(image));
            loss.ShouldBe(-Math.Log(mean[label]), 1e-4);
            predicted.ShouldBe(Array.IndexOf(mean, mean.Max()));
            rank.ShouldBe(mean.Count(probability => probability > mean[label]));
        }
    }

    [Fact]
    public void Evaluate_RawWeightsAndTheirAverage_Differ()
    {
        var job = SavedModels.Job();
        var saved = _models.Save(job);
        using var average = SavedModels.Open(job, 1, "", [], saved);
        using var raw = SavedModels.Open(job, 1, "raw", [], saved);

        SavedModels.EvaluateAll(average).Select(outcome => outcome.Loss).ShouldNotBe(SavedModels.EvaluateAll(raw).Select(outcome => outcome.Loss));
    }

    [Theory]
    [InlineData(1), InlineData(12)]
    public void Evaluate_ImagesLeftOut_AreNotThere_AndBlocksOfOthersComputeAlone(int crops)
    {
        var job = SavedModels.Job();
        using var evaluator = SavedModels.Open(job, crops, "", [0, 5, 12], _models.Save(job));

        var outcomes = SavedModels.EvaluateAll(evaluator);

        evaluator.Images.ShouldBe(10);
        evaluator.BlockCount.ShouldBe(crops == 1 ? 3 : 10);
        outcomes.Select(outcome => outcome.Image).ShouldBe([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
        // A worker that computes this block only finds the same bits in it.
        var last = evaluator.BlockCount - 1;
        evaluator.Evaluate(last, () => false)!.Outcomes.Losses.ShouldBe(outcomes.Select(outcome => outcome.Loss).Skip(crops == 1 ? 8 : 9));
    }

    [Fact]
    public void Evaluate_StopAskedFor_GivesNothing()
    {
        var job = SavedModels.Job();
        using var evaluator = SavedModels.Open(job, 1, "", [], _models.Save(job));

        evaluator.Evaluate(0, () => true).ShouldBeNull();
    }

    [Fact]
    public void Open_Mistakes_AreNamed()
    {
        var job = SavedModels.Job();
        var saved = _models.Save(job);
        var plain = job with { Optimizer = job.Optimizer with { Ema = 0 } };

        Mistake(() => SavedModels.Open(job, 1, "", [13], saved)).ShouldBe("--blacklist: it names image 14, but the set has 13 images");
        Mistake(() => SavedModels.Open(job, 1, "", Enumerable.Range(0, 13).Select(image => (long)image), saved)).ShouldContain("none is left");
        Mistake(() => SavedModels.Open(job, 1, "", [], new CheckpointReference { Directory = saved.Directory, ManifestSha256 = "feed" })).ShouldContain("is another checkpoint here");
        Mistake(() => SavedModels.Open(job, 1, "", [], new CheckpointReference { Directory = "/nowhere" })).ShouldContain("manifest.json is missing");
        var folder = new DatasetSpec { Format = DatasetFormat.ImageFolder, Path = "/nowhere" };
        Mistake(() => SavedModels.Open(job with { Data = job.Data with { Validation = folder } }, 1, "", [], saved)).ShouldContain("There is no directory '/nowhere'");
        File.AppendAllText(Path.Combine(saved.Directory, "weights.safetensors"), "x");
        Mistake(() => SavedModels.Open(job, 1, "", [], saved)).ShouldContain("weights.safetensors has");
    }

    private static IReadOnlyList<CropWindow> Windows(ImageView image, int crops) =>
        crops == 1 ? [CropWindow.Whole(image.Height, image.Width)] : Crops.Of(crops, image.Height, image.Width);

    private static ImageView Pixels(IDataset data, long image, ByteBuffer buffer)
    {
        var stored = data.Read(image, buffer);
        return new ImageView(stored.Bytes, stored.Height, stored.Width, stored.Channels);
    }

    private static string Mistake(Func<object> action) => Should.Throw<UserErrorException>(action).Message;
}
