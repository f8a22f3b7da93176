using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>
    /// Batch normalization of N×C×H×W tensors. Training: by the batch, whose mean and unbiased variance are averaged into the running statistics with
    /// weight <see cref="momentum"/>. Evaluation: by the running statistics. <see cref="num_batches_tracked"/> is kept by the owner of the module.
    /// </summary>
    public sealed class BatchNorm2d : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal BatchNorm2d(long features, double eps, double momentum, torch.Device? device, torch.ScalarType? dtype) : base(nameof(BatchNorm2d))
        {
            this.eps = eps;
            this.momentum = momentum;
            register_parameter(nameof(weight), new Parameter(torch.ones(features, dtype, device)));
            register_parameter(nameof(bias), new Parameter(torch.zeros(features, dtype, device)));
            register_buffer(nameof(running_mean), torch.zeros(features, dtype, device));
            register_buffer(nameof(running_var), torch.ones(features, dtype, device));
            register_buffer(nameof(num_batches_tracked), torch.zeros([], torch.ScalarType.Int64, device));
        }

        public double eps { get; set; }

        public double? momentum { get; set; }

        public Parameter weight
        {
            get => Parameter(nameof(weight));
            set => Replace(nameof(weight), value);
        }

        public Parameter? bias
        {
            get => ParameterOrNull(nameof(bias));
            set => Replace(nameof(bias), value ?? throw new ArgumentNullException(nameof(value)));
        }

        public torch.Tensor? running_mean
        {
            get => BufferOrNull(nameof(running_mean));
            set => Replace(nameof(running_mean), value ?? throw new ArgumentNullException(nameof(value)));
        }

        public torch.Tensor? running_var
        {
            get => BufferOrNull(nameof(running_var));
            set => Replace(nameof(running_var), value ?? throw new ArgumentNullException(nameof(value)));
        }

        public torch.Tensor? num_batches_tracked
        {
            get => BufferOrNull(nameof(num_batches_tracked));
            set => Replace(nameof(num_batches_tracked), value ?? throw new ArgumentNullException(nameof(value)));
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.batch_norm(input, running_mean!, running_var!, weight, bias, training, momentum ?? 0, eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static BatchNorm2d BatchNorm2d(long features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null)
            {
                if (!affine || !track_running_stats)
                    throw new NotSupportedException("Batch normalization here learns an affine map and tracks its statistics.");
                return new BatchNorm2d(features, eps, momentum, device, dtype);
            }
        }
    }
}
