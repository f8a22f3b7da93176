using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Inception.Distributed.Coordinator.Machine;

namespace Inception.Distributed.Coordinator.Journal;

/// <summary>The JSON of the journal's columns.</summary>
internal static class JournalJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // A loss may be what it likes.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(RunEvent @event) => JsonSerializer.Serialize(@event, Options);

    public static RunEvent ReadEvent(string json) =>
        JsonSerializer.Deserialize<RunEvent>(json, Options) ?? throw new JsonException("The journal holds a null instead of an event.");

    public static string Write(RunBeginning beginning) => JsonSerializer.Serialize(beginning, Options);

    public static RunBeginning ReadBeginning(string json) =>
        JsonSerializer.Deserialize<RunBeginning>(json, Options) ?? throw new JsonException("The journal does not say what the run began with.");

    public static string Write(IEnumerable<Member> members) => JsonSerializer.Serialize(
        members.Select(member => new { member.Rank, member.WorkerId, member.Host, First = member.MicroBatches.First, member.MicroBatches.Count }),
        Options);
}
