using System.CommandLine;
using System.Globalization;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>What the classes are called: by a file of the user's with one name a line, that of class 0 first, or else by the checkpoint.</summary>
internal sealed class ClassNames
{
    private readonly IReadOnlyList<string> _names;

    private ClassNames(IReadOnlyList<string> names) => _names = names;

    public static Option<string?> CreateOption() => new("--class-names")
    {
        Description = "What the classes are called: one name a line, that of class 0 first. Default: the checkpoint's, or else their numbers.",
        HelpName = "FILE",
    };

    /// <summary>The class's name, or its number.</summary>
    public string this[int label] => label < _names.Count ? _names[label] : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether there is more to show than numbers.</summary>
    public bool AreKnown => _names.Count > 0;

    /// <param name="path">Null: the names are the checkpoint's; without those, the classes have numbers only.</param>
    /// <param name="trained">As the checkpoint has them.</param>
    /// <exception cref="UserErrorException">The file can't be read, or has not one name for each class.</exception>
    public static ClassNames Read(string? path, IReadOnlyList<string>? trained, int classes)
    {
        if (path is null) return new ClassNames(trained ?? []);
        try
        {
            var names = File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
            return names.Length == classes
                ? new ClassNames(names)
                : throw new UserErrorException("--class-names", string.Create(CultureInfo.InvariantCulture, $"{path} has {names.Length} names, the network {classes} classes"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException("--class-names", $"{path} can't be read: {exception.Message}");
        }
    }
}
