using System.Globalization;
using System.Text;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>Where an evaluation writes: a directory of the user's, or one that goes away with it and holds no more than the workers' logs.</summary>
internal sealed class EvaluationFiles : IDisposable
{
    private EvaluationFiles(string directory, bool isKept) => (Directory, IsKept) = (directory, isKept);

    public string Directory { get; }

    public bool IsKept { get; }

    public string Logs => Path.Combine(Directory, "logs");

    /// <param name="directory">Made when it does not exist; null: nothing is kept.</param>
    /// <exception cref="UserErrorException">It can't be written to.</exception>
    public static EvaluationFiles Open(string? directory)
    {
        try
        {
            var files = new EvaluationFiles(directory ?? System.IO.Directory.CreateTempSubdirectory("inception-evaluate-").FullName, directory is not null);
            System.IO.Directory.CreateDirectory(files.Logs);
            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--output", $"can't write to {directory}: {exception.Message}");
        }
    }

    public void Write(string document, EvaluationResult result, EvaluationFigures figures, ClassNames names)
    {
        if (!IsKept) return;
        File.WriteAllText(Path.Combine(Directory, "evaluation.json"), document);
        File.WriteAllText(Path.Combine(Directory, "predictions.csv"), Predictions(result));
        var picture = new ConfusionPicture(figures, names);
        File.WriteAllBytes(Path.Combine(Directory, "confusion.png"), picture.ToPng());
        File.WriteAllText(Path.Combine(Directory, "confusion.svg"), picture.ToSvg());
    }

    public void Dispose()
    {
        if (!IsKept) System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string Predictions(EvaluationResult result)
    {
        var text = new StringBuilder("image,label,predicted,rank,loss\n");
        foreach (var outcome in result.Blocks.SelectMany(block => block))
            text.Append(CultureInfo.InvariantCulture, $"{outcome.Image + 1},{outcome.Label},{outcome.Predicted},{outcome.Rank},{outcome.Loss:R}\n");
        return text.ToString();
    }
}
