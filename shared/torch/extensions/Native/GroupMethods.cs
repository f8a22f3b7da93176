using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Native;

/// <summary>native/extensions: store.cpp, gloo_group.cpp, nccl_group.cpp and process_group.cpp.</summary>
internal static unsafe partial class GroupMethods
{
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_reply_write(nint reply, ReadOnlySpan<byte> bytes, long length);

    [LibraryImport(NativeLibraryName.Value, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial StatusCode inc_group_create_gloo(in StoreCallbacks store, int rank, int size, string address, long timeoutMilliseconds, long connectTimeoutMilliseconds, FormingHandle forming, out ProcessGroupHandle group);

    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_forming_create(out FormingHandle forming);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_forming_abort(FormingHandle forming);
    [LibraryImport(NativeLibraryName.Value)] internal static partial void inc_forming_free(nint forming);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_create_nccl(in StoreCallbacks store, int rank, int size, long timeoutMilliseconds, out ProcessGroupHandle group);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_abort(ProcessGroupHandle group);
    [LibraryImport(NativeLibraryName.Value)] internal static partial void inc_group_free(nint group);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_send(ProcessGroupHandle group, [MarshalUsing(typeof(BorrowedTensor))] Tensor tensor, int destination, int tag, out WorkHandle work);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_receive(ProcessGroupHandle group, [MarshalUsing(typeof(BorrowedTensor))] Tensor tensor, int source, int tag, out WorkHandle work);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_all_reduce_sum(ProcessGroupHandle group, [MarshalUsing(typeof(BorrowedTensor))] Tensor tensor, out WorkHandle work);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_broadcast(ProcessGroupHandle group, [MarshalUsing(typeof(BorrowedTensor))] Tensor tensor, int root, out WorkHandle work);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_group_barrier(ProcessGroupHandle group, out WorkHandle work);

    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_work_wait(WorkHandle work);
    [LibraryImport(NativeLibraryName.Value)] internal static partial StatusCode inc_work_is_completed(WorkHandle work, [MarshalAs(UnmanagedType.Bool)] out bool result);
    [LibraryImport(NativeLibraryName.Value)] internal static partial void inc_work_free(nint work);
}

internal sealed class ProcessGroupHandle : NativeHandle
{
    protected override void Free(nint native) => GroupMethods.inc_group_free(native);
}

internal sealed class FormingHandle : NativeHandle
{
    protected override void Free(nint native) => GroupMethods.inc_forming_free(native);
}

internal sealed class WorkHandle : NativeHandle
{
    protected override void Free(nint native) => GroupMethods.inc_work_free(native);
}

/// <summary>inc_store_callbacks of native/extensions/extensions.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StoreCallbacks
{
    internal nint Context;
    internal delegate* unmanaged<nint, byte*, byte*, long, nint, StatusCode> Set;
    internal delegate* unmanaged<nint, byte*, long, nint, StatusCode> Get;
    internal delegate* unmanaged<nint, byte*, long, long*, nint, StatusCode> Add;
    internal delegate* unmanaged<nint, byte*, byte*, long, byte*, long, nint, StatusCode> CompareSet;
    internal delegate* unmanaged<nint, byte**, int, int*, nint, StatusCode> Check;
    internal delegate* unmanaged<nint, byte**, int, long, nint, StatusCode> Wait;
    internal delegate* unmanaged<nint, byte*, int*, nint, StatusCode> Delete;
    internal delegate* unmanaged<nint, long*, nint, StatusCode> Count;
    internal delegate* unmanaged<nint, void> Release;
}
