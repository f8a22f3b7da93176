using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Inception.Distributed.Torch.Native;

namespace Inception.Distributed.Torch;

/// <summary>Lends a store to native code. Exceptions cross as a status and a message, and the first one is kept, so that the caller sees it itself.</summary>
internal sealed unsafe class StoreBridge(IRendezvousStore store)
{
    private readonly IRendezvousStore _store = store;
    private ExceptionDispatchInfo? _failure;

    internal void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Callbacks that keep this object alive until native code releases them.</summary>
    internal StoreCallbacks Lend() => new()
    {
        Context = GCHandle.ToIntPtr(GCHandle.Alloc(this)),
        Set = &Set,
        Get = &Get,
        Add = &Add,
        CompareSet = &CompareSet,
        Check = &Check,
        Wait = &Wait,
        Delete = &Delete,
        Count = &Count,
        Release = &Release,
    };

    [UnmanagedCallersOnly]
    private static StatusCode Set(nint context, byte* key, byte* value, long length, nint reply) =>
        Guard(context, reply, store => store.Set(Text(key), Bytes(value, length)));

    [UnmanagedCallersOnly]
    private static StatusCode Get(nint context, byte* key, long timeout, nint reply) =>
        Guard(context, reply, store => Write(reply, store.Get(Text(key), TimeSpan.FromMilliseconds(timeout))));

    [UnmanagedCallersOnly]
    private static StatusCode Add(nint context, byte* key, long amount, long* result, nint reply) =>
        Guard(context, reply, store => *result = store.Add(Text(key), amount));

    [UnmanagedCallersOnly]
    private static StatusCode CompareSet(nint context, byte* key, byte* expected, long expectedLength, byte* desired, long desiredLength, nint reply) =>
        Guard(context, reply, store => Write(reply, store.CompareSet(Text(key), Bytes(expected, expectedLength), Bytes(desired, desiredLength))));

    [UnmanagedCallersOnly]
    private static StatusCode Check(nint context, byte** keys, int count, int* result, nint reply) =>
        Guard(context, reply, store => *result = store.Check(Texts(keys, count)) ? 1 : 0);

    [UnmanagedCallersOnly]
    private static StatusCode Wait(nint context, byte** keys, int count, long timeout, nint reply) =>
        Guard(context, reply, store => store.Wait(Texts(keys, count), TimeSpan.FromMilliseconds(timeout)));

    [UnmanagedCallersOnly]
    private static StatusCode Delete(nint context, byte* key, int* result, nint reply) =>
        Guard(context, reply, store => *result = store.Delete(Text(key)) ? 1 : 0);

    [UnmanagedCallersOnly]
    private static StatusCode Count(nint context, long* result, nint reply) => Guard(context, reply, store => *result = store.Count());

    [UnmanagedCallersOnly]
    private static void Release(nint context) => GCHandle.FromIntPtr(context).Free();

    private static StatusCode Guard(nint context, nint reply, Action<IRendezvousStore> call)
    {
        var bridge = Unsafe.As<StoreBridge>(GCHandle.FromIntPtr(context).Target)!;
        try
        {
            call(bridge._store);
            return StatusCode.Ok;
        }
        catch (Exception exception)
        {
            bridge._failure ??= ExceptionDispatchInfo.Capture(exception);
            Write(reply, Encoding.UTF8.GetBytes(exception.Message));
            return exception is TimeoutException ? StatusCode.Timeout : StatusCode.Error;
        }
    }

    private static void Write(nint reply, ReadOnlySpan<byte> bytes) => Status.Check(GroupMethods.inc_reply_write(reply, bytes, bytes.Length));

    private static string Text(byte* key) => Marshal.PtrToStringUTF8((nint)key)!;

    private static string[] Texts(byte** keys, int count)
    {
        var texts = new string[count];
        for (var index = 0; index < count; index++)
            texts[index] = Text(keys[index]);
        return texts;
    }

    private static ReadOnlySpan<byte> Bytes(byte* bytes, long length) => new(bytes, checked((int)length));
}
