using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inception.Distributed.Checkpoints;

/// <summary>
/// Reads and writes the JSON files of a checkpoint. A file of another format version is refused before its fields are looked at.
/// </summary>
internal static class CheckpointJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Options), (byte)'\n'];

    /// <exception cref="CheckpointException">The bytes are not what the program understands.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, string fileName, CheckpointDamage damage)
    {
        try
        {
            var version = JsonSerializer.Deserialize<Versioned>(json, Options)?.FormatVersion;
            if (version != CheckpointState.CurrentFormatVersion)
            {
                throw new CheckpointException(
                    $"{fileName} has format version {version?.ToString() ?? "none"}; "
                    + $"this program reads version {CheckpointState.CurrentFormatVersion}", version is null ? damage : CheckpointDamage.Version);
            }

            return JsonSerializer.Deserialize<T>(json, Options)!;
        }
        catch (JsonException exception)
        {
            throw new CheckpointException($"{fileName} can't be understood: {exception.Message}", damage);
        }
    }

    private sealed record Versioned(int? FormatVersion = null);
}
