using System.Runtime.InteropServices.Marshalling;

namespace TorchSharp.Native;

/// <summary>Passes tensors as at::Tensor*, and holds arguments so that no finalizer frees one while native code reads it.</summary>
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
internal static class TensorMarshaller
{
    internal ref struct In
    {
        private torch.Tensor? _tensor;

        public void FromManaged(torch.Tensor? tensor) => _tensor = tensor;

        public readonly IntPtr ToUnmanaged() => _tensor is null ? IntPtr.Zero : _tensor.Handle;

        public readonly void Free() => GC.KeepAlive(_tensor);
    }

    /// <summary>Null where native code made none: after a failure, or where the function says so.</summary>
    internal static class Out
    {
        public static torch.Tensor? ConvertToManaged(IntPtr handle) => handle == IntPtr.Zero ? null : new torch.Tensor(handle);
    }
}
