namespace Inception.Distributed.Torch.Native;

internal static class NativeLibraryName
{
    internal const string Value = "inception_native";
}
