using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Inception.Distributed.Torch.Native;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>
/// Tells when all gradients of a bucket have been accumulated, while backward still runs. Parameters are counted down natively; only a bucket's last one
/// calls back, on the thread that runs backward (for CUDA: an autograd thread of the device).
/// </summary>
public sealed class GradientHooks : IDisposable
{
    private readonly Callback _callback;
    private readonly GradientHooksHandle _handle;

    /// <param name="parameters">Leaves that require a gradient.</param>
    /// <param name="bucketOfParameter">The bucket of each, in [0, <paramref name="buckets"/>); no bucket may be empty.</param>
    /// <param name="buckets">Number of buckets.</param>
    /// <param name="onBucketReady">Called once a bucket after each <see cref="Arm"/>. What it throws is kept for <see cref="ThrowIfFailed"/>.</param>
    public GradientHooks(IReadOnlyList<Tensor> parameters, IReadOnlyList<int> bucketOfParameter, int buckets, Action<int> onBucketReady)
    {
        ArgumentNullException.ThrowIfNull(onBucketReady);
        if (parameters.Count != bucketOfParameter.Count)
            throw new ArgumentException($"{parameters.Count} parameters, but buckets for {bucketOfParameter.Count}.", nameof(bucketOfParameter));
        _callback = new Callback(onBucketReady);
        _handle = GradientHooksHandle.Create(parameters, bucketOfParameter, buckets, _callback);
    }

    /// <summary>Resets the counts. Call before each backward: a gradient more than a bucket has parameters makes backward fail.</summary>
    public void Arm()
    {
        ThrowIfFailed();
        Status.Check(ArenaMethods.inc_hooks_arm(_handle));
    }

    /// <summary>Rethrows the first exception of the callback, as often as it is asked. Call after each backward.</summary>
    public void ThrowIfFailed() => _callback.Failure?.Throw();

    public void Dispose() => _handle.Dispose();

    internal sealed class Callback(Action<int> onBucketReady)
    {
        internal ExceptionDispatchInfo? Failure { get; private set; }

        internal void Ready(int bucket)
        {
            if (Failure is not null)
                return;
            try
            {
                onBucketReady(bucket);
            }
            catch (Exception exception)
            {
                // None may cross native frames.
                Failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}

internal sealed unsafe class GradientHooksHandle : NativeHandle
{
    private GCHandle _context;

    internal static GradientHooksHandle Create(IReadOnlyList<Tensor> parameters, IReadOnlyList<int> bucketOfParameter, int buckets, GradientHooks.Callback callback)
    {
        var created = new GradientHooksHandle { _context = GCHandle.Alloc(callback) };
        var handles = parameters.Select(parameter => parameter.Handle).ToArray();
        var status = ArenaMethods.inc_hooks_create(handles, bucketOfParameter.ToArray(), handles.Length, buckets, &OnReady, GCHandle.ToIntPtr(created._context), out var native);
        GC.KeepAlive(parameters);
        if (status == StatusCode.Ok)
            created.SetHandle(native);
        else
            created._context.Free();
        Status.Check(status);
        return created;
    }

    protected override void Free(nint native)
    {
        ArenaMethods.inc_hooks_free(native);
        _context.Free();
    }

    [UnmanagedCallersOnly]
    private static void OnReady(nint context, int bucket) => Unsafe.As<GradientHooks.Callback>(GCHandle.FromIntPtr(context).Target)!.Ready(bucket);
}
