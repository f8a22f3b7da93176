using Microsoft.Extensions.Logging;

namespace Inception.Distributed.Worker.Data;

/// <summary>Logs each corrupt sample of a dataset once. For any thread.</summary>
public sealed class CorruptSamples(IDataset dataset, ILogger log)
{
    private readonly HashSet<long> _known = [];

    public void Report(long sample, string problem, string consequence)
    {
        lock (_known)
        {
            if (!_known.Add(sample)) return;
        }

        log.CorruptSample(dataset.Name(sample), problem, consequence);
    }
}
