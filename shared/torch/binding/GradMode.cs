using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Stops the recording of operations on this thread until disposed.</summary>
    public static IDisposable no_grad() => new GradMode(enabled: false);

    /// <summary>Records operations on this thread until disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => TensorMethods.inc_grad_mode();

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = TensorMethods.inc_grad_mode();

        internal GradMode(bool enabled) => TensorMethods.inc_set_grad_mode(enabled);

        public void Dispose() => TensorMethods.inc_set_grad_mode(_before);
    }
}
