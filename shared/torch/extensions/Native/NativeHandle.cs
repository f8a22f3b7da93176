using System.Runtime.InteropServices;

namespace Inception.Distributed.Torch.Native;

/// <summary>An object of the native library that this process owns; each kind knows how to free itself.</summary>
internal abstract class NativeHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected sealed override bool ReleaseHandle()
    {
        Free(handle);
        return true;
    }

    protected abstract void Free(nint native);
}
