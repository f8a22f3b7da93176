using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Inception.Distributed.Jobs;

/// <summary>A YAML value with its place in words (<c>file:line:column</c> or the command-line option).</summary>
internal abstract record YamlValue(string Where);

/// <param name="IsPlain">Not quoted and not a block, so it may be a number, true, false or null.</param>
internal sealed record YamlText(string Where, string Text, bool IsPlain) : YamlValue(Where)
{
    /// <summary>YAML 1.2 core schema, section 10.3.2.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlList(string Where, IReadOnlyList<YamlValue> Items) : YamlValue(Where);

internal sealed record YamlMap(string Where, IReadOnlyList<YamlEntry> Entries) : YamlValue(Where)
{
    public YamlValue? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    public YamlMap With(string key, YamlValue value)
    {
        var index = Entries.ToList().FindIndex(entry => entry.Key == key);
        var entry = new YamlEntry(key, value.Where, value);
        return this with { Entries = index < 0 ? [.. Entries, entry] : [.. Entries.Take(index), entry, .. Entries.Skip(index + 1)] };
    }
}

internal sealed record YamlEntry(string Key, string Where, YamlValue Value);

/// <summary>
/// Reads one YAML document from parser events. The library's own representation model stops at the first duplicate key and drops the
/// places of keys; a reader of job files needs both.
/// </summary>
internal sealed class YamlTree
{
    private readonly Parser _parser;
    private readonly Func<Mark, string> _where;
    private readonly Dictionary<AnchorName, YamlValue> _anchors = [];

    private YamlTree(string yaml, Func<Mark, string> where)
    {
        _parser = new Parser(new StringReader(yaml));
        _where = where;
    }

    /// <summary>The document's value, or null when there is none.</summary>
    /// <exception cref="UserErrorException">It is not YAML, or more than one document.</exception>
    public static YamlValue? Read(string yaml, Func<Mark, string> where)
    {
        try
        {
            return new YamlTree(yaml, where).ReadDocument();
        }
        catch (YamlException exception)
        {
            throw FindTab(yaml) is { } tab
                ? new UserErrorException(where(tab), "not valid YAML: a tab in the indentation; use spaces")
                : new UserErrorException(where(exception.Start), $"not valid YAML: {Lowered(exception.Message)}");
        }
    }

    // The parser reports a tab at the start of the mapping that it breaks, which may be the file's first line.
    private static Mark? FindTab(string yaml)
    {
        var lines = yaml.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var column = lines[line].AsSpan().IndexOfAnyExcept(' ');
            if (column >= 0 && lines[line][column] == '\t') return new Mark(0, line + 1, column + 1);
        }
        return null;
    }

    private YamlValue? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var value = ReadValue();
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw new UserErrorException(_where(second.Start), "a second document starts here; a job file is one YAML document");
        return value;
    }

    private YamlValue ReadValue()
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var name = alias.Value;
            return _anchors.GetValueOrDefault(name)
                ?? throw new UserErrorException(_where(alias.Start), $"the alias '*{name}' has no anchor '&{name}' before it");
        }
        var anchor = _parser.Accept<NodeEvent>(out var node) ? node.Anchor : AnchorName.Empty;
        var value = ReadNode();
        if (!anchor.IsEmpty) _anchors[anchor] = value;
        return value;
    }

    private YamlValue ReadNode()
    {
        if (_parser.TryConsume<Scalar>(out var scalar))
            return new YamlText(_where(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<YamlValue>();
            while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadValue());
            return new YamlList(_where(sequence.Start), items);
        }
        var mapping = _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            _parser.Accept<ParsingEvent>(out var key);
            if (ReadValue() is not YamlText name) throw new UserErrorException(_where(key!.Start), "a field's name must be a text");
            entries.Add(new YamlEntry(name.Text, _where(key!.Start), ReadValue()));
        }
        return new YamlMap(_where(mapping.Start), entries);
    }

    private static string Lowered(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..];
}
