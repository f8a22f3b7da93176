using Inception.Distributed.Torch.Native;
using static TorchSharp.torch;

namespace Inception.Distributed.Torch;

/// <summary>Makes a module's parameters views into flat arenas. Sizes and dtypes must be equal; strides are the view's own (channels-last for convolution weights).</summary>
public static class ParameterViews
{
    /// <summary>The parameter takes over the view's storage; what it held before is dropped.</summary>
    public static void SetData(Tensor parameter, Tensor view) => Status.Check(ArenaMethods.inc_parameter_set_data(parameter, view));

    /// <summary>The view becomes the parameter's gradient, into which backward adds in place. Zero it between uses; setting it to none would undo this.</summary>
    public static void SetGradient(Tensor parameter, Tensor view) => Status.Check(ArenaMethods.inc_parameter_set_gradient(parameter, view));
}
