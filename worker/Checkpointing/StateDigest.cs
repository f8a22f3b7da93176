using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Inception.Distributed.Worker.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Checkpointing;

/// <summary>
/// A 64-bit digest of the training state, for ranks to compare at each checkpoint while training waits: read at the speed of memory, where
/// SHA-256 takes several times as long. A difference in any one word always changes it; it is no protection against intent. The same on every
/// processor. It can be taken in passing while a snapshot is copied, which costs no second pass over memory.
/// </summary>
internal static class StateDigest
{
    // Four lines of four words are mixed at a time, so that none waits for the other.
    private const int Lanes = 4;

    /// <returns>16 lower-case hexadecimal digits.</returns>
    public static string Of(TrainingArenas arenas)
    {
        var digest = Fold(0, (ulong)arenas.Step);
        foreach (var arena in arenas.All.Values)
        {
            using var host = arena.cpu();
            digest = Fold(digest, Of(host.bytes));
        }

        return digest.ToString("x16");
    }

    /// <summary>Copies the arenas and their step, wherever they lie, to others on the CPU.</summary>
    /// <returns><see cref="Of(TrainingArenas)"/>.</returns>
    public static string Copy(TrainingArenas from, TrainingArenas to)
    {
        using var quiet = no_grad();
        to.Step = from.Step;
        var digest = Fold(0, (ulong)from.Step);
        foreach (var (kind, arena) in from.All)
        {
            var target = to[kind];
            if (arena.device_type == DeviceType.CPU)
            {
                digest = Fold(digest, Copy(arena.bytes, target.bytes));
                continue;
            }

            target.copy_(arena);
            digest = Fold(digest, Of(target.bytes));
        }

        return digest.ToString("x16");
    }

    internal static ulong Of(ReadOnlySpan<byte> bytes) => Run(bytes, []);

    /// <param name="to">As long as <paramref name="bytes"/>.</param>
    internal static ulong Copy(ReadOnlySpan<byte> bytes, Span<byte> to)
    {
        if (to.Length != bytes.Length) throw new ArgumentException($"{bytes.Length} bytes do not go into {to.Length}.", nameof(to));
        return Run(bytes, to);
    }

    /// <param name="copy">Empty: nothing is copied.</param>
    private static ulong Run(ReadOnlySpan<byte> bytes, Span<byte> copy)
    {
        var copies = MemoryMarshal.Cast<byte, Vector256<ulong>>(copy);
        var words = MemoryMarshal.Cast<byte, Vector256<ulong>>(bytes);
        Vector256<ulong> a = Vector256.Create(1UL), b = Vector256.Create(2UL), c = Vector256.Create(3UL), d = Vector256.Create(4UL);
        var at = 0;
        for (; at + Lanes <= words.Length; at += Lanes)
        {
            a = Mix(a, words[at]);
            b = Mix(b, words[at + 1]);
            c = Mix(c, words[at + 2]);
            d = Mix(d, words[at + 3]);
            if (copies.IsEmpty) continue;
            Store(copies, at, words[at]);
            Store(copies, at + 1, words[at + 1]);
            Store(copies, at + 2, words[at + 2]);
            Store(copies, at + 3, words[at + 3]);
        }

        for (; at < words.Length; at++) a = Mix(a, words[at]);
        if (!copy.IsEmpty)
        {
            var stored = words.Length / Lanes * Lanes * Vector256<byte>.Count;
            bytes[stored..].CopyTo(copy[stored..]);
            Thread.MemoryBarrier(); // Such stores are not ordered with those that hand the copy to another thread.
        }

        Span<byte> rest = stackalloc byte[Vector256<byte>.Count];
        rest.Clear();
        bytes[(at * Vector256<byte>.Count)..].CopyTo(rest);
        b = Mix(b, Vector256.Create<byte>(rest).AsUInt64());

        var digest = (ulong)bytes.Length;
        foreach (var lane in (ReadOnlySpan<Vector256<ulong>>)[a, b, c, d])
        {
            for (var word = 0; word < Vector256<ulong>.Count; word++) digest = Fold(digest, lane[word]);
        }

        return digest;
    }

    // Each step is one-to-one in either argument: two states that differ in one word never meet again.
    private static Vector256<ulong> Mix(Vector256<ulong> state, Vector256<ulong> word)
    {
        state ^= word;
        state += state << 3;
        return state ^ (state >>> 29);
    }

    // Past the caches: the copy is read by another thread, much later, and training's own data stays in them.
    private static unsafe void Store(Span<Vector256<ulong>> copies, int at, Vector256<ulong> word)
    {
        fixed (Vector256<ulong>* target = &copies[at])
        {
            if ((nuint)target % (nuint)Vector256<byte>.Count == 0) word.StoreAlignedNonTemporal((ulong*)target);
            else *target = word;
        }
    }

    private static ulong Fold(ulong digest, ulong word)
    {
        digest = (digest ^ word) * 0x9E37_79B9_7F4A_7C15UL;
        return digest ^ (digest >> 32);
    }
}
