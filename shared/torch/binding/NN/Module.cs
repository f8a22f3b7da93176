using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A node of a network: named parameters, buffers and submodules, enumerated in the order of their registration.</summary>
        public partial class Module : IDisposable
        {
            private readonly OrderedDictionary<string, Parameter> _parameters = [];
            private readonly OrderedDictionary<string, Tensor> _buffers = [];
            private readonly OrderedDictionary<string, Module> _children = [];
            private readonly string _name;

            protected Module(string name) => _name = name;

            public virtual bool training { get; private set; } = true;

            public virtual string GetName() => _name;

            /// <summary>Takes ownership of the module.</summary>
            public virtual void register_module(string name, Module submodule) => _children.Add(name, submodule);

            /// <summary>Takes ownership of the parameter, which leaves its dispose scope.</summary>
            public virtual void register_parameter(string name, Parameter param)
            {
                param.DetachFromDisposeScope();
                _parameters.Add(name, param);
            }

            /// <summary>Takes ownership of the tensor, which leaves its dispose scope.</summary>
            public virtual void register_buffer(string name, Tensor tensor)
            {
                tensor.DetachFromDisposeScope();
                _buffers.Add(name, tensor);
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => _children.Select(child => (child.Key, child.Value));

            public virtual IEnumerable<Module> children() => _children.Values;

            /// <summary>Every module below this one, without itself, children before their own children.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules() =>
                named_children().Concat(_children.SelectMany(child =>
                    child.Value.named_modules().Select(inner => ($"{child.Key}.{inner.name}", inner.module))));

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var own = _parameters.Select(entry => (entry.Key, entry.Value));
                return !recurse ? own : own.Concat(_children.SelectMany(child =>
                    child.Value.named_parameters().Select(inner => ($"{child.Key}.{inner.name}", inner.parameter))));
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true)
            {
                var own = _buffers.Select(entry => (entry.Key, entry.Value));
                return !recurse ? own : own.Concat(_children.SelectMany(child =>
                    child.Value.named_buffers().Select(inner => ($"{child.Key}.{inner.name}", inner.buffer))));
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true) => named_buffers(recurse).Select(entry => entry.buffer);

            /// <summary>Sets training or evaluation mode here and below.</summary>
            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var child in children())
                    child.train(train);
            }

            public virtual void eval() => train(false);

            /// <summary>Applies a function to every module below and then to this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children())
                    child.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                {
                    if (set_to_none)
                    {
                        parameter.grad = null;
                        continue;
                    }

                    using var gradient = parameter.grad;
                    gradient?.zero_();
                }
            }

            public void Dispose()
            {
                Dispose(disposing: true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var parameter in _parameters.Values)
                    parameter.Dispose();
                foreach (var buffer in _buffers.Values)
                    buffer.Dispose();
                foreach (var child in _children.Values)
                    child.Dispose();
            }

            private protected Parameter Parameter(string name) => _parameters[name];

            private protected Parameter? ParameterOrNull(string name) => _parameters.GetValueOrDefault(name);

            private protected Tensor? BufferOrNull(string name) => _buffers.GetValueOrDefault(name);

            /// <summary>Replaces a registered parameter and disposes the old one.</summary>
            private protected void Replace(string name, Parameter parameter)
            {
                parameter.DetachFromDisposeScope();
                _parameters.TryGetValue(name, out var old);
                _parameters[name] = parameter;
                if (!ReferenceEquals(old, parameter))
                    old?.Dispose();
            }

            /// <summary>Replaces a registered buffer and disposes the old one.</summary>
            private protected void Replace(string name, Tensor buffer)
            {
                buffer.DetachFromDisposeScope();
                _buffers.TryGetValue(name, out var old);
                _buffers[name] = buffer;
                if (!ReferenceEquals(old, buffer))
                    old?.Dispose();
            }
        }

        /// <summary>A module whose calls can be watched.</summary>
        public abstract class HookableModule<TPreHook, TPostHook> : Module
        {
            private readonly List<TPostHook> _hooks = [];

            private protected HookableModule(string name) : base(name) { }

            private protected IReadOnlyList<TPostHook> ForwardHooks => _hooks;

            /// <summary>Adds a function that each call runs on the module, its input and its output, and that gives back the output to go on with.</summary>
            public HookRemover register_forward_hook(TPostHook hook)
            {
                _hooks.Add(hook);
                return new HookRemover(() => _hooks.Remove(hook));
            }

            /// <summary>Takes the hook away again.</summary>
            public sealed class HookRemover
            {
                private readonly Action _remove;

                internal HookRemover(Action remove) => _remove = remove;

                public void remove() => _remove();
            }
        }

        /// <summary>A module that computes <typeparamref name="TResult"/> from one argument.</summary>
        public abstract class Module<T, TResult> : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>
        {
            protected Module(string name) : base(name) { }

            public abstract TResult forward(T input);

            public TResult call(T input)
            {
                var output = forward(input);
                foreach (var hook in ForwardHooks)
                    output = hook(this, input, output);
                return output;
            }
        }
    }
}
