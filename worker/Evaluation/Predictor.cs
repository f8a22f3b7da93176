using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Data;
using TorchSharp;

namespace Inception.Distributed.Worker.Evaluation;

/// <param name="Probability">In [0, 1].</param>
public sealed record Prediction(int Class, double Probability);

/// <summary>Classifies single image files with a checkpoint's network, each as the job's evaluations see an image. One thread at a time.</summary>
public sealed class Predictor : IDisposable
{
    private readonly InferenceModel _model;
    private readonly ViewBuilder _views;

    private Predictor(InferenceModel model)
    {
        _model = model;
        _views = new ViewBuilder(model.Job.Model.InputSize, model.Job.Data, viewsPerImage: 1);
    }

    /// <summary>The job that the checkpoint belongs to.</summary>
    public JobSpec Job => _model.Job;

    /// <param name="directory">The checkpoint's.</param>
    /// <param name="weights"><c>ema</c>, <c>raw</c>, or empty: ema where the checkpoint has it.</param>
    /// <exception cref="UserErrorException">The checkpoint is damaged, can't be read, or lacks what is asked for.</exception>
    public static Predictor Open(string directory, string weights)
    {
        var model = InferenceModel.Load(directory, weights, torch.device("cpu"));
        TorchRuntime.SetThreads(model.Job.Workers.Threads);
        return new Predictor(model);
    }

    /// <returns>The most probable classes, the first one first; of equal ones the lower class first.</returns>
    /// <exception cref="UserErrorException">The file can't be read, or is no image that can be decoded.</exception>
    public IReadOnlyList<Prediction> Predict(string path, int top)
    {
        var view = new float[_views.ViewElements];
        if (_views.Fill(StoredImage.OfFile(Read(path)), 0, view) is { } problem) throw new UserErrorException(path, problem);
        var logits = _model.Predict(view).Select(logit => (double)logit).ToArray();
        var probabilities = new double[logits.Length];
        ImageScores.AddSoftmax(logits, probabilities);
        return
        [
            .. probabilities.Select((probability, label) => new Prediction(label, probability))
                .OrderByDescending(prediction => prediction.Probability).ThenBy(prediction => prediction.Class).Take(top),
        ];
    }

    public void Dispose() => _model.Dispose();

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, $"can't be read: {exception.Message}");
        }
    }
}
