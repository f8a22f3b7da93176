using System.Text.Json;

namespace Inception.Distributed.Checkpoints;

/// <summary>The header of a safetensors file, checked against every rule of the format. Tensors in the order of their data.</summary>
internal sealed record SafetensorsHeader(
    IReadOnlyList<(TensorEntry Entry, long Offset)> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long dataLength, string path)
    {
        if (json.Length == 0 || json.Span[0] != (byte)'{')
        {
            throw new SafetensorsException(path, "The header does not begin with '{'.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var tensors = new List<(TensorEntry Entry, long Offset)>();
            var metadata = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(SafetensorsWriter.MetadataKey))
                {
                    metadata = property.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => Text(pair.Value, pair.Name));
                }
                else
                {
                    tensors.Add(ParseTensor(property.Name, property.Value));
                }
            }

            tensors.Sort((a, b) => (a.Offset, a.Entry.Bytes).CompareTo((b.Offset, b.Entry.Bytes)));
            RequireNoGapOrOverlap(tensors, dataLength);
            return new SafetensorsHeader(tensors, metadata);
        }
        catch (JsonException exception)
        {
            throw new SafetensorsException(path, $"The header is no valid JSON: {exception.Message}");
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or OverflowException)
        {
            throw new SafetensorsException(path, $"The header is wrong: {exception.Message}");
        }
    }

    private static (TensorEntry Entry, long Offset) ParseTensor(string name, JsonElement description)
    {
        foreach (var property in description.EnumerateObject())
        {
            if (property.Name is not (SafetensorsWriter.TypeKey or SafetensorsWriter.ShapeKey or SafetensorsWriter.OffsetsKey))
            {
                throw new FormatException($"'{name}' has an unknown field '{property.Name}'.");
            }
        }

        var typeName = Text(Field(SafetensorsWriter.TypeKey), name);
        if (!Enum.TryParse<TensorType>(typeName, out var type) || type.ToString() != typeName)
        {
            throw new FormatException($"'{name}' has the unknown dtype '{typeName}'.");
        }

        long[] shape = [.. Field(SafetensorsWriter.ShapeKey).EnumerateArray().Select(length => length.GetInt64())];
        if (shape.Any(length => length < 0))
        {
            throw new FormatException($"'{name}' has a negative length.");
        }

        long[] offsets = [.. Field(SafetensorsWriter.OffsetsKey).EnumerateArray().Select(offset => offset.GetInt64())];
        var entry = new TensorEntry(name, type, shape);
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] - offsets[0] != entry.Bytes)
        {
            throw new FormatException($"'{name}' needs {entry.Bytes} bytes, but has the data offsets {string.Join(", ", offsets)}.");
        }

        return (entry, offsets[0]);

        JsonElement Field(string key) =>
            description.TryGetProperty(key, out var value) ? value : throw new FormatException($"'{name}' has no {key}.");
    }

    private static string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"'{name}' has a {value.ValueKind} where text belongs.");

    private static void RequireNoGapOrOverlap(List<(TensorEntry Entry, long Offset)> tensors, long dataLength)
    {
        long end = 0;
        foreach (var (entry, offset) in tensors)
        {
            if (offset != end)
            {
                throw new FormatException(
                    $"the data of '{entry.Name}' begin at {offset}, where {end} is expected: tensors overlap or leave a gap.");
            }

            end = checked(offset + entry.Bytes);
        }

        if (end != dataLength)
        {
            throw new FormatException($"the tensors take {end} bytes, but the file holds {dataLength} bytes of data.");
        }
    }
}
