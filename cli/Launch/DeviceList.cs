using System.Globalization;
using Inception.Distributed.Cli.Display;
using Inception.Distributed.Text;

namespace Inception.Distributed.Cli.Launch;

/// <summary>Several devices of a host, as an option names them.</summary>
internal static class DeviceList
{
    private const string Allowed = "give all, a number of GPUs, or a list such as cuda:0,cuda:2 or cpu,cpu";

    /// <param name="text"><c>all</c>, a number of GPUs, or names with commas; <c>cpu</c> may stand there more than once.</param>
    /// <param name="gpus">Counts the GPUs of this host; asked only where the text does not name them.</param>
    /// <exception cref="UserErrorException">It is no such list, or asks for more than there is.</exception>
    public static IReadOnlyList<string> Parse(string text, Func<int> gpus)
    {
        if (text == "all") return First(gpus() is > 0 and var all ? all : throw Mistake("all: there is no GPU here, or this libtorch can't use one"));
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            if (count < 1) throw Mistake($"'{text}' is no number of GPUs; {Allowed}");
            var there = gpus();
            return count <= there ? First(count) : throw Mistake($"{Format.Count(count, "GPU")} {(count == 1 ? "is" : "are")} asked for, and there {(there == 1 ? "is 1" : $"are {there}")}");
        }

        var names = text.Split(',');
        foreach (var name in names)
        {
            if (!IsName(name)) throw Mistake($"'{name}' is no device{NearestName.Hint(name, ["all", "cpu", "cuda:0"])}; {Allowed}");
        }
        var twice = names.Where(name => name != "cpu").GroupBy(name => name).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? names : throw Mistake($"{twice.Key} is named twice; a GPU has one worker");
    }

    private static string[] First(int count) => [.. Enumerable.Range(0, count).Select(index => $"cuda:{index}")];

    private static bool IsName(string name) => name == "cpu"
        || (name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static UserErrorException Mistake(string message) => new("--devices", message);
}
