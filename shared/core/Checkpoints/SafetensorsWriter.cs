using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Inception.Distributed.Checkpoints;

/// <summary>
/// Writes safetensors files (format: https://huggingface.co/docs/safetensors): header length in 8 bytes, header in JSON, data without gaps.
/// Tensors with larger elements come first, otherwise in the order given, so that all are aligned to their elements.
/// </summary>
public static class SafetensorsWriter
{
    internal const string MetadataKey = "__metadata__";
    internal const string TypeKey = "dtype";
    internal const string ShapeKey = "shape";
    internal const string OffsetsKey = "data_offsets";

    private const int Alignment = 8;

    /// <param name="writeData">
    /// Writes the data of the entry with this index, exactly <see cref="TensorEntry.Bytes"/>; called once for each entry.
    /// </param>
    /// <exception cref="InvalidOperationException">An entry's data were too long or too short.</exception>
    public static void Write(
        Stream output,
        IReadOnlyList<TensorEntry> entries,
        Action<int, Stream> writeData,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        int[] order = [.. Enumerable.Range(0, entries.Count).OrderByDescending(index => entries[index].ElementBytes)];
        var header = Header(order.Select(index => entries[index]), metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        output.Write(length);
        output.Write(header);
        foreach (var index in order)
        {
            using var data = new ExactLengthStream(output, entries[index].Bytes);
            writeData(index, data);
            if (data.Missing != 0)
            {
                throw new InvalidOperationException(
                    $"{data.Missing} of {entries[index].Bytes} bytes of '{entries[index].Name}' were not written.");
            }
        }
    }

    private static byte[] Header(IEnumerable<TensorEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            WriteEntries(json, entries);
            json.WriteEndObject();
        }

        // The format allows spaces after the JSON; they align the data.
        var padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteEntries(Utf8JsonWriter json, IEnumerable<TensorEntry> entries)
    {
        var names = new HashSet<string> { MetadataKey };
        long offset = 0;
        foreach (var entry in entries)
        {
            if (!names.Add(entry.Name))
            {
                throw new ArgumentException($"The name '{entry.Name}' is taken.", nameof(entries));
            }

            json.WriteStartObject(entry.Name);
            json.WriteString(TypeKey, entry.Type.ToString());
            json.WriteStartArray(ShapeKey);
            foreach (var length in entry.Shape)
            {
                json.WriteNumberValue(length);
            }

            json.WriteEndArray();
            json.WriteStartArray(OffsetsKey);
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset += entry.Bytes);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
