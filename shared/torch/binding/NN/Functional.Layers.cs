using TorchSharp.Native;
using static TorchSharp.Native.FunctionalMethods;
using static TorchSharp.Native.Library;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Sizes of two dimensions: one number for both, or height and width.
        public static partial class functional
        {
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1) =>
                Checked(inc_nn_conv2d(input, weight, bias, Sizes.Of(strides, Sizes.One), Sizes.Of(padding, default), Sizes.Of(dilation, Sizes.One),
                    groups, out var result), result);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Checked(inc_nn_linear(input, weights, bias, out var result), result);

            public static Tensor batch_norm(Tensor input, Tensor running_mean, Tensor running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                Checked(inc_nn_batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps, out var result), result);

            /// <param name="input">N×C×H×W.</param>
            /// <param name="kernel_size">Size of the window.</param>
            /// <param name="stride">The window's size if null.</param>
            /// <param name="padding">By −∞ on both sides; 0 if null.</param>
            /// <param name="dilation">1 if null.</param>
            /// <param name="ceil_mode">Also the windows that begin inside and end outside.</param>
            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null,
                bool ceil_mode = false)
            {
                var kernel = Sizes.Of(kernel_size, default);
                var status = inc_nn_max_pool2d(input, kernel, Sizes.Of(stride, kernel), Sizes.Of(padding, default), Sizes.Of(dilation, Sizes.One),
                    ceil_mode, out var result);
                return Checked(status, result);
            }

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false) =>
                max_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding ?? 0], [dilation ?? 1], ceil_mode);

            /// <param name="input">N×C×H×W.</param>
            /// <param name="kernel_size">Size of the window.</param>
            /// <param name="stride">The window's size if null.</param>
            /// <param name="padding">By zeros on both sides; 0 if null.</param>
            /// <param name="ceil_mode">Also the windows that begin inside and end outside.</param>
            /// <param name="count_include_pad">Whether the padding counts in the mean.</param>
            /// <param name="divisor_override">Divides the sum instead of the number of elements.</param>
            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
            {
                var kernel = Sizes.Of(kernel_size, default);
                var status = inc_nn_avg_pool2d(input, kernel, Sizes.Of(stride, kernel), Sizes.Of(padding, default), ceil_mode, count_include_pad,
                    divisor_override ?? 0, out var result);
                return Checked(status, result);
            }

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                avg_pool2d(input, [kernel_size], [stride ?? kernel_size], [padding], ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                Checked(inc_nn_adaptive_avg_pool2d(input, Sizes.Of(output_size, Sizes.One), out var result), result);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, [output_size]);

            /// <summary>x / (k + alpha · m)^beta, m the mean of the squares of <paramref name="size"/> neighbouring channels; beyond the ends are zeros.</summary>
            public static Tensor local_response_norm(Tensor input, long size, double alpha = 0.0001, double beta = 0.75, double k = 1.0) =>
                Checked(inc_nn_local_response_norm(input, size, alpha, beta, k, out var result), result);

            /// <summary>Resizes height and width. Bilinear only.</summary>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null)
            {
                if (mode != InterpolationMode.Bilinear || size is null || scale_factor is not null)
                    throw new NotSupportedException("Only bilinear interpolation to a given size is supported here.");
                return Checked(inc_nn_upsample_bilinear2d(x, Sizes.Of(size, default), align_corners ?? false, out var result), result);
            }
        }
    }

    /// <summary>Values are TorchSharp's.</summary>
    public enum InterpolationMode
    {
        Nearest = 0,
        Linear = 1,
        Bilinear = 2,
        Bicubic = 3,
        Trilinear = 4,
        Area = 5,
    }
}
