namespace TorchSharp;

public static partial class torch
{
    /// <summary>Opens a scope on this thread: tensors made until it is disposed are disposed with it, unless moved out or detached.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScope.Open();
}

/// <summary>Scopes form a stack per thread and are disposed innermost first, on the thread that opened them.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? _current;

    private readonly HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;

    private DisposeScope(DisposeScope? outer) => _outer = outer;

    /// <summary>How many disposables are held now.</summary>
    public int DisposablesCount => _disposables.Count;

    internal static DisposeScope Open() => _current = new DisposeScope(_current);

    internal static DisposeScope? RegisterOnCurrent(torch.Tensor tensor)
    {
        _current?._disposables.Add(tensor);
        return _current;
    }

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    /// <summary>Hands a disposable to the scope around this one; without one it is the caller's.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable
    {
        if (_disposables.Remove(disposable))
        {
            _outer?._disposables.Add(disposable);
            SetOwner(disposable, _outer);
        }

        return disposable;
    }

    /// <summary>Takes a disposable out of every scope: it is the caller's.</summary>
    public T Detach<T>(T disposable) where T : IDisposable
    {
        if (_disposables.Remove(disposable))
            SetOwner(disposable, null);
        return disposable;
    }

    /// <summary>Disposes what the scope holds and leaves it open.</summary>
    public void DisposeEverything()
    {
        foreach (var disposable in _disposables)
        {
            SetOwner(disposable, null);
            disposable.Dispose();
        }

        _disposables.Clear();
    }

    public void Dispose()
    {
        DisposeEverything();
        if (ReferenceEquals(_current, this))
            _current = _outer;
    }

    internal void MarkAsDisposed(torch.Tensor tensor)
    {
        _disposables.Remove(tensor);
        tensor.OwningDisposeScope = null;
    }

    private static void SetOwner(IDisposable disposable, DisposeScope? scope)
    {
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = scope;
    }
}
