namespace Inception.Distributed.Checkpoints.PyTorch;

// What a pickle's values become, beside null, bool, long, double, string, object?[] for a tuple and List<object?> for a list.

/// <summary>A dict or an OrderedDict. Keys are texts or whole numbers; a key given again keeps its place and takes the new value.</summary>
internal sealed class PickleDictionary(bool isOrderedDict)
{
    private readonly List<object> _order = [];
    private readonly Dictionary<object, object?> _items = [];

    /// <summary>Only an OrderedDict carries attributes (a state dict's version numbers), which are read over.</summary>
    public bool IsOrderedDict { get; } = isOrderedDict;

    public IEnumerable<KeyValuePair<object, object?>> Items => _order.Select(key => KeyValuePair.Create(key, _items[key]));

    public object? Find(string key) => _items.GetValueOrDefault(key);

    public void Set(object key, object? value)
    {
        if (!_items.ContainsKey(key))
        {
            _order.Add(key);
        }

        _items[key] = value;
    }
}

/// <summary>A function or class that the pickle names and this program knows; nothing of Python is behind it.</summary>
internal sealed record PickleGlobal(string Name);

/// <summary>A storage class: the type of elements.</summary>
internal sealed record PickleStorageType(TensorType Type);

/// <summary>A storage: elements in a record of the archive.</summary>
internal sealed record PickleStorage(string Key, TensorType Type, long Elements);

/// <summary>A view into a storage; offset and strides in elements.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
