using System.CommandLine;
using System.CommandLine.Parsing;
using Inception.Distributed.Text;

namespace Inception.Distributed.Cli.Commands;

/// <summary>What is wrong with a command line, with the nearest valid name where there is one.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> In(ParseResult line)
    {
        var command = line.CommandResult.Command;
        // The parser takes an unknown option for a value and stumbles over what follows; that is the one mistake worth naming.
        var unknown = line.Tokens.Where(token => token.Type == TokenType.Argument && token.Value.Length > 1 && token.Value[0] == '-').ToList();
        if (unknown.Count > 0)
        {
            var options = Options(line.CommandResult).Where(option => !option.Hidden).Select(option => option.Name).ToList();
            return [.. unknown.Select(token => $"unknown option '{token.Value}'{NearestName.Hint(token.Value.Split('=')[0], options)}")];
        }
        if (command.Subcommands.Count > 0)
        {
            var names = command.Subcommands.Select(subcommand => subcommand.Name).ToList();
            var known = $"(known: {string.Join(", ", names)})";
            return line.UnmatchedTokens is [var first, ..]
                ? [$"unknown command '{first}'{NearestName.Hint(first, names)} {known}"]
                : [$"a command is missing {known}"];
        }
        return line.UnmatchedTokens.Count > 0
            ? [.. line.UnmatchedTokens.Select(token => $"unexpected argument '{token}'")]
            : [.. line.Errors.Select(error => error.Message)];
    }

    private static IEnumerable<Option> Options(CommandResult result) =>
        result.Command.Options.Concat(result.Parent is CommandResult parent ? Options(parent).Where(option => option.Recursive) : []);
}
