using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Coordinator.Security;

/// <summary>Why something from outside was turned away; also the label of the metric, so the list is short and fixed.</summary>
internal enum Refusal { Certificate, Role, Token, Generation, TooMany, Malformed }

/// <summary>Counts what is turned away, and logs each kind once for each source, since an attacker must not fill the log. For any thread.</summary>
internal sealed class Refusals(ILogger<Refusals> log)
{
    // Sources are the other side's to invent; past this many, only the counter tells.
    private const int MostSources = 200;

    private readonly ConcurrentDictionary<(Refusal, string), bool> _seen = new();
    private readonly long[] _counts = new long[Enum.GetValues<Refusal>().Length];

    public long Count(Refusal kind) => Volatile.Read(ref _counts[(int)kind]);

    /// <param name="source">Address, without the port, which each connection has another one of.</param>
    /// <param name="why">A sentence without its end.</param>
    public void Note(Refusal kind, string source, string why)
    {
        if (IsNew(kind, source, why)) log.Refused(source, why);
    }

    /// <summary>Counts, and says whether it is the first of its kind, and worth a line.</summary>
    public bool IsNew(Refusal kind, string source, string why)
    {
        Interlocked.Increment(ref _counts[(int)kind]);
        if (_seen.Count > MostSources || !_seen.TryAdd((kind, $"{source} {why}"), true)) return false;
        if (_seen.Count <= MostSources) return true;
        log.RefusalsSilenced();
        return false;
    }
}
