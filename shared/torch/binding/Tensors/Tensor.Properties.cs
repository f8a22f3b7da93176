using TorchSharp.Native;
using static TorchSharp.Native.Library;
using static TorchSharp.Native.TensorMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                Check(inc_tensor_sizes(this, sizes));
                return sizes;
            }
        }

        public ScalarType dtype => (ScalarType)Describe().DType;

        public Device device
        {
            get
            {
                var description = Describe();
                return new Device((DeviceType)description.DeviceType, description.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Describe().DeviceType;

        public long NumberOfElements => Describe().Elements;

        public long Dimensions => Describe().Rank;

        public long ndim => Dimensions;

        /// <summary>In bytes.</summary>
        public long ElementSize => Describe().ElementSize;

        public bool is_leaf => Describe().IsLeaf != 0;

        public long numel() => NumberOfElements;

        public long dim() => Dimensions;

        public long size(int dim) => shape[dim < 0 ? dim + (int)Dimensions : dim];

        public bool is_contiguous() => Describe().IsContiguous != 0;

        /// <summary>In elements, one for each dimension.</summary>
        public long[] stride()
        {
            var strides = new long[Dimensions];
            Check(inc_tensor_strides(this, strides));
            return strides;
        }

        public long stride(long dim) => stride()[dim < 0 ? dim + Dimensions : dim];

        /// <summary>In elements.</summary>
        public long storage_offset() => Describe().StorageOffset;

        public override string ToString() =>
            IsInvalid ? "disposed tensor" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        private Description Describe() => Checked(inc_tensor_describe(this, out var description), description);
    }
}
