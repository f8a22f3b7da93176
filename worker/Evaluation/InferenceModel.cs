using Inception.Distributed.Checkpoints;
using Inception.Distributed.Jobs;
using Inception.Distributed.Torch;
using Inception.Distributed.Worker.Checkpointing;
using Inception.Distributed.Worker.Models;
using Inception.Distributed.Worker.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Evaluation;

/// <summary>
/// A checkpoint's network, ready to predict. It lies in arenas as in training, so that it computes the bits of the evaluations during
/// the run. One thread at a time.
/// </summary>
internal sealed class InferenceModel : IDisposable
{
    private readonly nn.Module<Tensor, InceptionOutput> _model;
    private readonly Device _device;
    private readonly Tensor _parameters;
    private readonly Tensor _statistics;

    private InferenceModel(Checkpoint checkpoint, JobSpec job, Device device)
    {
        (Checkpoint, Job, _device) = (checkpoint, job, device);
        _model = ModelFactory.Create(job.Model);
        _model.to(device);
        Layout = ArenaLayout.Of(_model);
        _parameters = zeros([Layout.ParameterLength], float32, device).DetachFromDisposeScope();
        _statistics = zeros([Layout.StatisticsLength], float32, device).DetachFromDisposeScope();
        Layout.Attach(_model, _parameters, null, _statistics);
        _model.eval();
    }

    public Checkpoint Checkpoint { get; }

    /// <summary>The job that the checkpoint belongs to.</summary>
    public JobSpec Job { get; }

    private ArenaLayout Layout { get; }

    /// <param name="weights"><c>ema</c>, <c>raw</c>, or empty: ema where the checkpoint has it.</param>
    /// <exception cref="UserErrorException">The checkpoint is damaged, can't be read, or lacks what is asked for.</exception>
    public static InferenceModel Load(string directory, string weights, Device device)
    {
        try
        {
            var checkpoint = Checkpoint.Open(directory);
            var job = JobFile.Parse(checkpoint.State.JobYaml, Path.Combine(directory, "state.json"));
            var model = new InferenceModel(checkpoint, job, device);
            try
            {
                model.Read(checkpoint.PathOf(FileOf(checkpoint, weights)));
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CheckpointException or SafetensorsException)
        {
            throw new UserErrorException(directory, $"the checkpoint can't be loaded: {exception.Message}");
        }
    }

    /// <summary>The logits of the main head, fp32, [views · classes] row-major.</summary>
    /// <param name="views">Normalised RGB (view, height, width, channel) of the job's input size.</param>
    public float[] Predict(ReadOnlySpan<float> views)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var size = Job.Model.InputSize;
        var count = views.Length / (size * size * 3);
        var images = tensor(views.ToArray(), [count, size, size, 3], float32).permute(0, 3, 1, 2).to(_device);
        using var autocast = Job.Precision == Precision.Bf16 ? TorchRuntime.AutocastCpuBf16() : null;
        return _model.call(images).Logits.to(float32).cpu().contiguous().data<float>().ToArray();
    }

    public void Dispose()
    {
        _model.Dispose();
        _parameters.Dispose();
        _statistics.Dispose();
    }

    private static string FileOf(Checkpoint checkpoint, string weights) => weights switch
    {
        "" => checkpoint.Has(StateLayout.EmaFile) ? StateLayout.EmaFile : StateLayout.WeightsFile,
        "raw" => StateLayout.WeightsFile,
        "ema" when checkpoint.Has(StateLayout.EmaFile) => StateLayout.EmaFile,
        "ema" => throw new UserErrorException("--weights", $"{checkpoint.Directory} has no running average of the weights (optimizer.ema is 0); use raw"),
        _ => throw new UserErrorException("--weights", $"'{weights}' are no weights; there are ema and raw"),
    };

    private void Read(string path)
    {
        using var quiet = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (slots, arena) in new[] { (Layout.Parameters, _parameters), (Layout.Statistics, _statistics) })
        {
            foreach (var slot in slots)
            {
                using var scope = NewDisposeScope();
                var value = empty(slot.Shape, float32);
                file.Read(slot.Name, value.bytes);
                slot.ViewIn(arena).copy_(value);
            }
        }
    }
}
