namespace Inception.Distributed.Checkpoints;

/// <summary>
/// The names that PyTorch's users have for the family's tensors. torchvision's are the state dict's own, and timm's Inception-v3 has the
/// same; what wrappers put around them is taken off.
/// </summary>
public static class WeightNames
{
    // torch.compile's, DistributedDataParallel's and Lightning's.
    private static readonly string[] Wrappers = ["_orig_mod.", "module.", "model."];

    /// <summary>The state dict's name for each of the file's, in the same order.</summary>
    public static IReadOnlyList<string> Normalize(IReadOnlyList<string> names)
    {
        while (names.Count > 0 && Wrappers.FirstOrDefault(wrapper => names.All(name => name.StartsWith(wrapper, StringComparison.Ordinal))) is { } common)
        {
            names = [.. names.Select(name => name[common.Length..])];
        }

        // Cadene's pretrained-models.
        return [.. names.Select(name => name.StartsWith("last_linear.", StringComparison.Ordinal) ? "fc" + name["last_linear".Length..] : name)];
    }

    /// <summary>Whether the tensor belongs to an auxiliary head: such heads may be missing, and are then trained from the start.</summary>
    public static bool IsAuxiliary(string name) => name.StartsWith("aux", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is BatchNorm's count of batches, which files from before PyTorch 0.4.1 lack.</summary>
    public static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
}
