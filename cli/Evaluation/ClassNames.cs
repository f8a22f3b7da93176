using System.CommandLine;
using System.Globalization;

namespace Inception.Distributed.Cli.Evaluation;

/// <summary>What the classes are called: a file of the user's with one name a line, that of class 0 first.</summary>
internal sealed class ClassNames
{
    private readonly string[] _names;

    private ClassNames(string[] names) => _names = names;

    public static Option<string?> CreateOption() => new("--class-names")
    {
        Description = "What the classes are called: one name a line, that of class 0 first. Default: their numbers.",
        HelpName = "FILE",
    };

    /// <summary>The class's name, or its number.</summary>
    public string this[int label] => label < _names.Length ? _names[label] : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether there is more to show than numbers.</summary>
    public bool AreKnown => _names.Length > 0;

    /// <param name="path">Null: the classes have numbers only.</param>
    /// <exception cref="UserErrorException">The file can't be read, or has not one name for each class.</exception>
    public static ClassNames Read(string? path, int classes)
    {
        if (path is null) return new ClassNames([]);
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
