using System.Globalization;
using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

/// <summary>Values are c10::DeviceType's.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device CUDA = new(DeviceType.CUDA);

    /// <param name="description"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    public static Device device(string description) => new(description);

    public static Device device(DeviceType type, int index = -1) => new(type, index);

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Checked(inc_cuda_device_count(out var count), count);
    }

    public sealed class Device
    {
        /// <param name="description"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                _ => throw new ArgumentException($"'{description}' is no device: cpu, cuda or cuda:N is wanted.", nameof(description)),
            };
            index = parts.Length == 1 ? -1 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        public Device(DeviceType type, int index = -1)
        {
            this.type = type;
            this.index = index;
        }

        public DeviceType type { get; }

        /// <summary>-1: the current one.</summary>
        public int index { get; }

        public override string ToString() => index < 0 ? TypeName : $"{TypeName}:{index}";

        private string TypeName => type == DeviceType.CPU ? "cpu" : "cuda";
    }
}
