using System.Runtime.CompilerServices;
using TorchSharp.Utils;
using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous tensor on the CPU. The span does not keep the tensor alive.</summary>
        /// <exception cref="InvalidOperationException">Not contiguous, not on the CPU, or more than 2 GiB.</exception>
        public Span<byte> bytes
        {
            get
            {
                var length = NumberOfElements * ElementSize;
                if (device_type != DeviceType.CPU || !is_contiguous() || length > int.MaxValue)
                    throw new InvalidOperationException($"Only a contiguous tensor of at most 2 GiB on the CPU has bytes, not {this}.");
                unsafe
                {
                    return new Span<byte>((void*)DataAddress(), (int)length);
                }
            }

            set => value.CopyTo(bytes);
        }

        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's element type.</exception>
        /// <exception cref="InvalidOperationException">Not on the CPU.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Data are read on the CPU only: move the tensor there first.");
            if (ScalarTypeOf<T>() != dtype)
                throw new ArgumentException($"A tensor of {dtype} is not read as {typeof(T).Name}.");
            return new TensorAccessor<T>(this);
        }

        /// <summary>The value of a tensor with one element, which must be of type <typeparamref name="T"/>.</summary>
        public T item<T>() where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Only a tensor with one element is an item, not one with {NumberOfElements}.");
            using var local = cpu();
            return local.data<T>()[0];
        }

        public double ToDouble() => Checked(inc_tensor_item_real(this, out var value), value);

        public float ToSingle() => (float)ToDouble();

        public long ToInt64() => Checked(inc_tensor_item_integer(this, out var value), value);

        public int ToInt32() => checked((int)ToInt64());

        public bool ToBoolean() => ToInt64() != 0;

        /// <summary>Itself where the type is already right.</summary>
        public Tensor to(ScalarType type) => Checked(inc_tensor_to_dtype(this, (int)type, out var result), result);

        public Tensor to(Device device) => Checked(inc_tensor_to_device(this, (int)device.type, device.index, out var result), result);

        public Tensor cpu() => to(CPU);

        public Tensor clone() => Checked(inc_tensor_clone(this, out var result), result);

        public Tensor contiguous() => Checked(inc_tensor_contiguous(this, out var result), result);

        /// <summary>Another object over the same native tensor.</summary>
        public Tensor alias() => Checked(inc_tensor_alias(this, out var result), result);

        public Tensor copy_(Tensor source, bool non_blocking = false)
        {
            Check(inc_tensor_copy_(this, source, non_blocking));
            return this;
        }

        /// <summary>A copy in page-locked memory of the CPU, from which a device copies while the CPU goes on.</summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no CUDA device, or too little memory to lock.</exception>
        public Tensor pin_memory() => Checked(inc_tensor_pin_memory(this, out var result), result);

        internal IntPtr DataAddress() => Checked(inc_tensor_data(this, out var address), address);
    }
}
