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

    /// <summary>Seconds; <c>90</c>, <c>90s</c>, <c>1.5m</c>, <c>2h</c>.</summary>
    public static double? Duration(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        var (number, unit) = text.Length > 0 && text[^1] is 's' or 'm' or 'h' ? (text[..^1], text[^1]) : (text, 's');
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count > 0)
            return count * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
        argument.AddError($"'{text}' is not a time such as 90s, 30m or 2h (option {OptionOf(argument)})");
        return null;
    }

    public static Uri? Address(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        argument.AddError($"'{argument.Tokens[0].Value}' is not an address such as https://10.0.0.5:7400 (option {OptionOf(argument)})");
        return null;
    }

    private static string OptionOf(ArgumentResult argument) => ((OptionResult)argument.Parent!).Option.Name;
}
