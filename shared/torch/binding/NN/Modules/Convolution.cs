using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Convolution of N×C×H×W tensors, zero-padded.</summary>
    public sealed class Conv2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long[] _stride;
        private readonly long[] _padding;
        private readonly long[] _dilation;
        private readonly long _groups;

        internal Conv2d(long inChannels, long outChannels, (long Height, long Width) kernel, (long Height, long Width) stride,
            (long Height, long Width) padding, (long Height, long Width) dilation, long groups, bool bias, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(Conv2d))
        {
            _stride = [stride.Height, stride.Width];
            _padding = [padding.Height, padding.Width];
            _dilation = [dilation.Height, dilation.Width];
            _groups = groups;
            var fanIn = inChannels / groups * kernel.Height * kernel.Width;
            register_parameter(nameof(weight), FanIn.Parameter([outChannels, inChannels / groups, kernel.Height, kernel.Width], fanIn, device, dtype));
            if (bias)
                register_parameter(nameof(bias), FanIn.Parameter([outChannels], fanIn, device, dtype));
        }

        /// <summary>out × in/groups × kernel height × kernel width.</summary>
        public Parameter weight
        {
            get => Parameter(nameof(weight));
            set => Replace(nameof(weight), value);
        }

        public Parameter? bias => ParameterOrNull(nameof(bias));

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv2d(input, weight, bias, _stride, _padding, _dilation, _groups);
    }

    /// <summary>x·Wᵀ + b.</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias, torch.Device? device, torch.ScalarType? dtype) : base(nameof(Linear))
        {
            register_parameter(nameof(weight), FanIn.Parameter([outputSize, inputSize], inputSize, device, dtype));
            if (hasBias)
                register_parameter(nameof(bias), FanIn.Parameter([outputSize], inputSize, device, dtype));
        }

        /// <summary>out × in.</summary>
        public Parameter weight
        {
            get => Parameter(nameof(weight));
            set => Replace(nameof(weight), value);
        }

        public Parameter? bias => ParameterOrNull(nameof(bias));

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.linear(input, weight, bias);
    }

    /// <summary>PyTorch's initial values of convolutions and linear layers: uniform in ±1/√(fan-in).</summary>
    internal static class FanIn
    {
        internal static Parameter Parameter(ReadOnlySpan<long> shape, long fanIn, torch.Device? device, torch.ScalarType? dtype)
        {
            var bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
            return new Parameter(torch.empty(shape, dtype ?? torch.ScalarType.Float32, device).uniform_(-bound, bound));
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                Conv2d(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation), padding_mode,
                    groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1,
                bool bias = true, Device? device = null, ScalarType? dtype = null)
            {
                if (padding_mode != PaddingModes.Zeros)
                    throw new NotSupportedException($"Convolutions here pad with zeros, not with {padding_mode}.");
                return new Conv2d(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups, bias, device, dtype);
            }

            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);
        }
    }

    public enum PaddingModes
    {
        Zeros = 0,
        Reflect = 1,
        Replicate = 2,
        Circular = 3,
    }
}
