using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A reference to a native tensor. Free it with <see cref="Dispose()"/> or through a <see cref="DisposeScope"/>; the finalizer is the last resort,
    /// since the garbage collector does not see how large tensors are.
    /// </summary>
    [NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IDisposable
    {
        private IntPtr _handle;

        internal Tensor(IntPtr handle)
        {
            _handle = handle;
            OwningDisposeScope = DisposeScope.RegisterOnCurrent(this);
        }

        ~Tensor() => Free();

        /// <summary>at::Tensor*, valid until this object is disposed or collected.</summary>
        public IntPtr Handle => _handle != IntPtr.Zero ? _handle : throw new InvalidOperationException("The tensor has been disposed.");

        public bool IsInvalid => _handle == IntPtr.Zero;

        internal DisposeScope? OwningDisposeScope { get; set; }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            Dispose(disposing: true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing) => Free();

        /// <summary>Takes over another object's native tensor and leaves that object disposed.</summary>
        internal static IntPtr TakeHandle(Tensor tensor)
        {
            var handle = tensor.Handle;
            tensor._handle = IntPtr.Zero;
            tensor.Dispose();
            return handle;
        }

        private void Free()
        {
            var handle = Interlocked.Exchange(ref _handle, IntPtr.Zero);
            if (handle != IntPtr.Zero)
                TensorMethods.inc_tensor_free(handle);
        }
    }
}
