using Inception.Distributed.Cli.Display;
using Inception.Distributed.Coordinator.Evaluation;
using Inception.Distributed.Evaluation;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>An evaluation in words.</summary>
internal static class EvaluationText
{
    private const int AllClasses = 20;
    private const int WorstClasses = 10;
    private const int CorruptShown = 10;

    public static IEnumerable<string> Heading(EvaluationRequest request)
    {
        for (var i = 0; i < request.Checkpoints.Count; i++)
        {
            var checkpoint = request.Checkpoints[i];
            var weights = request.WeightsOf(checkpoint) == "ema" ? "running average of the weights" : "raw weights";
            yield return $"{Relative(checkpoint.Directory)}: {request.Jobs[i].Model.Name}, {weights}";
        }

        var data = request.Data;
        var place = data.Path.Length == 0 ? Format.Count(data.Limit, "image") : string.Join(", ", new[] { data.Path, data.Split }.Where(part => part.Length > 0));
        yield return $"on {DataArgument.NameOf(data.Format)} {place}"
            + (request.Crops == 1 ? "" : $", {Format.Count(request.Crops, "crop")} of each image");
    }

    public static IEnumerable<string> Summary(EvaluationRequest request, EvaluationResult result, EvaluationFigures figures, ClassNames names)
    {
        var leftOut = request.LeftOut.Count == 0 ? "" : $", {Format.Count(request.LeftOut.Count)} of {Format.Count(result.SetImages)} left out";
        yield return Row("images", Format.Count(figures.Images) + leftOut);
        if (result.Corrupt.Count > 0)
        {
            var first = string.Join(", ", result.Corrupt.Take(CorruptShown).Select(image => Format.Text($"{image + 1}")));
            yield return Row("corrupt", $"{Format.Count(result.Corrupt.Count)} could not be decoded and counted as black images: "
                + first + (result.Corrupt.Count > CorruptShown ? " …" : ""));
        }

        yield return Row("top-1", $"{Format.Percent(figures.Top1)}  (error {Format.Percent(figures.Top1Error)})");
        yield return Row("top-5", $"{Format.Percent(figures.Top5)}  (error {Format.Percent(figures.Top5Error)})");
        yield return Row("loss", Format.Text($"{figures.Loss:0.0000}"));
        yield return Row("speed", $"{Format.Rate(figures.Images / result.Seconds)}, {Format.Duration(result.Seconds)} with {Format.Count(result.Workers, "worker")}");
        foreach (var line in Classes(figures, names)) yield return line;
    }

    private static IEnumerable<string> Classes(EvaluationFigures figures, ClassNames names)
    {
        var seen = figures.PerClass.Where(figure => figure.Images > 0).ToList();
        var shown = seen.Count <= AllClasses ? seen : [.. seen.OrderBy(figure => figure.Top1).ThenBy(figure => figure.Class).Take(WorstClasses)];
        if (seen.Count > AllClasses) yield return $"  the {WorstClasses} classes of {Format.Count(seen.Count)} with the lowest top-1:";
        var width = Math.Max("class".Length, shown.Max(figure => names[figure.Class].Length));
        yield return $"  {"class".PadRight(width)}      images     top-1  most often taken for";
        foreach (var figure in shown)
        {
            var (wrong, count) = MostConfused(figures, figure.Class);
            var mistake = count == 0 ? "" : $"{names[wrong]} ({Format.Count(count)})";
            yield return $"  {names[figure.Class].PadRight(width)}  {Format.Count(figure.Images),10}  {Format.Percent(figure.Top1),8}  {mistake}".TrimEnd();
        }
    }

    private static (int Class, long Images) MostConfused(EvaluationFigures figures, int label)
    {
        var wrong = Enumerable.Range(0, figures.Classes).Where(predicted => predicted != label).MaxBy(predicted => figures.Confusion(label, predicted));
        return (wrong, figures.Confusion(label, wrong));
    }

    private static string Relative(string directory)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, directory);
        return relative.StartsWith("..", StringComparison.Ordinal) ? directory : relative;
    }

    private static string Row(string name, string text) => $"  {name,-11} {text}";
}
