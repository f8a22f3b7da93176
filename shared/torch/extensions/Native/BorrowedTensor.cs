using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch.Native;

/// <summary>
/// Passes a tensor's at::Tensor*, or null, and keeps the tensor from being collected until the call returns. Our own, since TorchSharp's tensors bring none.
/// </summary>
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(Borrow))]
internal static class BorrowedTensor
{
    internal ref struct Borrow
    {
        private Tensor? _tensor;

        public void FromManaged(Tensor? tensor) => _tensor = tensor;

        public readonly nint ToUnmanaged() => _tensor?.Handle ?? 0;

        public readonly void OnInvoked() => GC.KeepAlive(_tensor);

        public readonly void Free() { }
    }
}
