using Inception.Distributed.Jobs;

namespace Inception.Distributed.Worker.Tests.Models;

internal static class Networks
{
    /// <summary>The published network: 1000 classes, full width.</summary>
    public static ModelSpec Spec(string name, bool auxiliary = true) =>
        new() { Name = name, Classes = 1000, Auxiliary = new AuxiliarySpec { Enabled = auxiliary } };
}
