using System.CommandLine;
using Inception.Distributed.Jobs;
using Inception.Distributed.Text;

namespace Inception.Distributed.Cli.Commands;

/// <summary>How large a network is meant, shared by the commands on networks.</summary>
internal sealed class ModelArguments
{
    public Option<int?> Input { get; } = new("--input")
    {
        Description = "Height and width of the images. Default: those that the network was published with.",
        HelpName = "PIXELS",
        CustomParser = Parsers.Count,
    };

    public Option<double> Width { get; } = new("--width") { Description = "Multiplies every channel count.", HelpName = "W", DefaultValueFactory = _ => 1 };

    public Option<int> Classes { get; } = new("--classes") { Description = "Number of classes.", HelpName = "N", DefaultValueFactory = _ => 1000 };

    public Option<bool> NoAuxiliary { get; } = new("--no-auxiliary") { Description = "Leave the auxiliary heads out." };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Input, Width, Classes, NoAuxiliary, Json }) command.Add(option);
    }

    /// <exception cref="UserErrorException">There is no such network, or not of this size.</exception>
    public ModelSpec Model(ParseResult line, string name)
    {
        if (!KnownNetworks.Names.Contains(name))
            throw new UserErrorException("NAME", $"there is no network '{name}'{NearestName.Hint(name, KnownNetworks.Names)} ({string.Join(", ", KnownNetworks.Names)})");
        var network = KnownNetworks.Find(name);
        var model = new ModelSpec
        {
            Name = name,
            Classes = line.GetValue(Classes),
            Width = line.GetValue(Width),
            InputSize = line.GetValue(Input) ?? network.PublishedInputSize,
            Auxiliary = new AuxiliarySpec { Enabled = !line.GetValue(NoAuxiliary) },
        };
        List<Problem> problems = [];
        if (model.Width is not (> 0 and <= 8)) problems.Add(new Problem("--width", FormattableString.Invariant($"must be a number above 0 and at most 8, not {model.Width}")));
        if (model.Classes < 2) problems.Add(new Problem("--classes", FormattableString.Invariant($"must be at least 2, not {model.Classes}")));
        if (model.InputSize < network.SmallestInput(model) || model.InputSize > 4096)
            problems.Add(new Problem("--input", FormattableString.Invariant($"{name} takes images of {network.SmallestInput(model)} to 4096 pixels, not {model.InputSize}")));
        return problems.Count == 0 ? model : throw new UserErrorException(problems);
    }
}
