using System.Globalization;
using Inception.Distributed.Sampling;

namespace Inception.Distributed.Coordinator.Tests.Simulation;

/// <summary>A rule of the protocol was broken.</summary>
internal sealed class ViolationException(string what) : Exception(what);

/// <param name="Digest">Of the samples that were trained on, in their order.</param>
/// <param name="PassedOver">As the checkpoint says.</param>
internal sealed record SavedState(long Digest, IReadOnlyList<PassedOver> PassedOver);

/// <summary>A virtual clock, what is to happen at which time, and one source of chance. A seed gives the same history every time.</summary>
internal sealed class World(long seed, bool isTraced)
{
    private readonly PriorityQueue<Action, (double, long)> _queue = new();
    private KeyedRandom _random = KeyedRandom.From(Purpose.Order, seed);
    private long _scheduled;

    /// <summary>In seconds.</summary>
    public double Now { get; private set; }

    public int Events { get; private set; }

    public List<string> Trace { get; } = [];

    /// <summary>Those that are whole on the disk, by step.</summary>
    public SortedDictionary<long, SavedState> Checkpoints { get; } = [];

    /// <summary>Steps of the stream whose samples make the numbers bad.</summary>
    public required IReadOnlySet<long> Bad { get; init; }

    /// <summary>By generation.</summary>
    public Dictionary<long, SimulatedGroup> Groups { get; } = [];

    /// <summary>Until when two workers do not reach each other.</summary>
    public Dictionary<(SimulatedWorker, SimulatedWorker), double> Parted { get; } = [];

    public bool ArePart(SimulatedWorker one, SimulatedWorker other) =>
        Parted.Count > 0 && Now < Math.Max(Parted.GetValueOrDefault((one, other)), Parted.GetValueOrDefault((other, one)));

    public void At(double time, Action action) => _queue.Enqueue(action, (Math.Max(time, Now), _scheduled++));

    public void After(double delay, Action action) => At(Now + delay, action);

    /// <summary>Mostly near the mean, at times four times as long.</summary>
    public double Delay(double mean) => mean * (Chance(0.1) ? 4 : 0.2 + 1.6 * _random.NextDouble());

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public int Pick(int count) => (int)(_random.NextDouble() * count);

    public void Say(FormattableString text)
    {
        if (isTraced) Trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now,9:F3} {text.ToString(CultureInfo.InvariantCulture)}"));
    }

    public static void Require(bool condition, string rule)
    {
        if (!condition) throw new ViolationException(rule);
    }

    /// <returns>False: nothing is left to happen, or the time is over.</returns>
    public bool Step(double until)
    {
        if (!_queue.TryDequeue(out var action, out var key) || key.Item1 > until) return false;
        Now = key.Item1;
        Events++;
        action();
        return true;
    }
}
