using System.Globalization;
using System.Text;
using Inception.Distributed.Checkpoints.PyTorch;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Checkpoints;

/// <summary>What other programs read: safetensors, or a state dict as of <c>torch.save</c>.</summary>
public enum WeightsFormat { Safetensors, Pth }

/// <summary>Writes a checkpoint's weights as one file under the state dict's names, BatchNorm's statistics and counters included.</summary>
public static class WeightsExport
{
    /// <summary>The checkpoint's file with these weights.</summary>
    /// <param name="weights"><c>ema</c>, <c>raw</c>, or null: as they are evaluated, ema where the checkpoint has it.</param>
    /// <exception cref="UserErrorException">The checkpoint has no such weights.</exception>
    public static string FileOf(Checkpoint checkpoint, string? weights) => (weights, checkpoint.Has(CheckpointFiles.Ema)) switch
    {
        ("raw", _) or (null, false) => CheckpointFiles.Weights,
        (null or "ema", true) => CheckpointFiles.Ema,
        ("ema", false) => throw new UserErrorException("--weights", $"{checkpoint.Directory} has no running average of the weights; use raw"),
        _ => throw new UserErrorException("--weights", $"'{weights}' are no weights; there are ema and raw"),
    };

    /// <param name="checkpoint">Whole.</param>
    /// <param name="fileName">What <see cref="FileOf"/> gives.</param>
    /// <param name="path">Appears once all of it is on the disk; it must not exist.</param>
    /// <returns>The tensors, in the state dict's order.</returns>
    /// <exception cref="UserErrorException">The file is there already, or can't be written.</exception>
    public static IReadOnlyList<TensorEntry> Write(Checkpoint checkpoint, string fileName, WeightsFormat format, string path)
    {
        if (File.Exists(path) || Directory.Exists(path)) throw new UserErrorException("--output", $"{path} exists already");
        var aside = path + ".writing";
        try
        {
            using var source = SafetensorsFile.Open(checkpoint.PathOf(fileName));
            var entries = InStateDictOrder(source.Entries);
            using (var output = File.Create(aside))
            {
                if (format == WeightsFormat.Pth) TorchFileWriter.Write(output, entries, Copy);
                else SafetensorsWriter.Write(output, entries, Copy, Metadata(checkpoint));
                output.Flush(flushToDisk: true);
            }

            File.Move(aside, path);
            return entries;

            void Copy(int index, Stream target)
            {
                var data = new byte[entries[index].Bytes];
                source.Read(entries[index].Name, data);
                target.Write(data);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--output", $"{path} can't be written: {exception.Message}");
        }
        finally
        {
            File.Delete(aside);
        }
    }

    // The file's own order puts the counters first, since their elements are larger. A module's counter is its last buffer.
    private static List<TensorEntry> InStateDictOrder(IReadOnlyList<TensorEntry> entries)
    {
        const string Variance = ".running_var";
        var counters = entries.Where(entry => WeightNames.IsCounter(entry.Name)).ToDictionary(entry => entry.Name);
        var ordered = new List<TensorEntry>();
        foreach (var entry in entries.Where(entry => !counters.ContainsKey(entry.Name)))
        {
            ordered.Add(entry);
            if (entry.Name.EndsWith(Variance, StringComparison.Ordinal)
                && counters.Remove(entry.Name[..^Variance.Length] + ".num_batches_tracked", out var counter))
            {
                ordered.Add(counter);
            }
        }

        return [.. ordered, .. counters.Values];
    }

    // "format" is what the readers of PyTorch's world look for.
    private static Dictionary<string, string> Metadata(Checkpoint checkpoint)
    {
        var model = JobFile.Parse(checkpoint.State.JobYaml, checkpoint.PathOf(CheckpointNames.State)).Model;
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["network"] = model.Name,
            ["width"] = model.Width.ToString("R", CultureInfo.InvariantCulture),
            ["step"] = checkpoint.State.Step.ToString(CultureInfo.InvariantCulture),
        };
        if (checkpoint.State.Preprocessing is { } preprocessing)
        {
            metadata["preprocessing"] = Encoding.UTF8.GetString(CheckpointJson.Write(preprocessing)).Trim();
        }

        return metadata;
    }
}
