namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters and buffers under their dotted names in PyTorch's order: a module's parameters, its buffers, then its children.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var path = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters(recurse: false))
                    destination.Add(path + name, parameter);
                foreach (var (name, buffer) in named_buffers(recurse: false))
                    destination.Add(path + name, buffer);
                foreach (var (name, child) in named_children())
                    child.state_dict(destination, path + name);
                return destination;
            }

            /// <summary>Copies values into the parameters and buffers.</summary>
            /// <exception cref="InvalidOperationException">strict, and a name is missing or unknown; nothing has been copied then.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true)
            {
                var own = state_dict();
                List<string> missing = [.. own.Keys.Where(name => !source.ContainsKey(name))];
                List<string> unexpected = [.. source.Keys.Where(name => !own.ContainsKey(name))];
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException($"Missing: {string.Join(", ", missing)}. Unexpected: {string.Join(", ", unexpected)}.");
                using var noGradient = no_grad();
                foreach (var (name, value) in source)
                {
                    if (own.TryGetValue(name, out var tensor))
                        tensor.copy_(value);
                }

                return (missing, unexpected);
            }

            /// <summary>Converts floating-point parameters and buffers; others stay as they are.</summary>
            protected internal virtual Module _to(ScalarType dtype)
            {
                return ConvertAll(tensor => IsFloatingPoint(tensor.dtype) ? tensor.to(dtype) : tensor.alias());
            }

            protected internal virtual Module _to(Device device) => ConvertAll(tensor => tensor.to(device));

            private static bool IsFloatingPoint(ScalarType type) =>
                type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

            private Module ConvertAll(Func<Tensor, Tensor> convert)
            {
                foreach (var (name, parameter) in named_parameters(recurse: false).ToList())
                {
                    using var detached = parameter.detach();
                    Replace(name, new Modules.Parameter(convert(detached), parameter.requires_grad));
                }

                foreach (var (name, buffer) in named_buffers(recurse: false).ToList())
                    Replace(name, convert(buffer));
                foreach (var child in children())
                    child.ConvertAll(convert);
                return this;
            }
        }
    }
}

/// <summary>Conversions of whole modules that keep their type.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type) where T : torch.nn.Module
    {
        module._to(type);
        return module;
    }

    public static T to<T>(this T module, torch.Device device) where T : torch.nn.Module
    {
        module._to(device);
        return module;
    }
}
