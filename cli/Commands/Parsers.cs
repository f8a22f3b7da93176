using System.CommandLine.Parsing;
using System.Globalization;

namespace Inception.Distributed.Cli.Commands;

/// <summary>Values of options that are more than text, with messages that say what is allowed.</summary>
internal static class Parsers
{
    public static int? Count(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return count;
        argument.AddError($"'{argument.Tokens[0].Value}' is not a whole number (option {OptionOf(argument)})");
        return null;
    }

    public static Uri? Address(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        argument.AddError($"'{argument.Tokens[0].Value}' is not an address such as http://10.0.0.5:7000 (option {OptionOf(argument)})");
        return null;
    }

    private static string OptionOf(ArgumentResult argument) => ((OptionResult)argument.Parent!).Option.Name;
}
