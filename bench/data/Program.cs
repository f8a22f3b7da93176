using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Inception.Distributed.Jobs;
using Inception.Distributed.Sampling;
using Inception.Distributed.Worker.Data;
using Microsoft.Extensions.Logging.Abstractions;

// Prepares training micro-batches of 32 as a worker does and prints one line of JSON: see bench/data.sh.
// arguments: an imagefolder's directory, its classes, threads, samples
var (directory, classes, threads, samples) = (args[0], Number(args[1]), Number(args[2]), Number(args[3]));
const int MicroBatch = 32;
const int WarmUp = 10;

var data = new DataSpec
{
    Train = [new SourceSpec { Format = DatasetFormat.ImageFolder, Path = directory }],
    Augment = new AugmentSpec { Crop = CropKind.Resized },
    Threads = threads,
};
IDataset dataset = ImageFolderDataset.Open(directory, "", 0, classes, "data.train");
var corrupt = new CorruptSamples(dataset, NullLogger.Instance);
var steps = samples / MicroBatch;
using var prefetcher = new Prefetcher(
    () => new BatchBuilder(dataset, 299, data, 1, corrupt), threads, new SampleOrder(1, dataset.Sources),
    new BatchSpec { Global = MicroBatch, MicroBatches = 1 }, [0], 0, WarmUp + steps);

for (var step = 0; step < WarmUp; step++) prefetcher.Take(step, 0, CancellationToken.None);
var (memory, allocated, processor) = (Environment.WorkingSet, GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
var clock = Stopwatch.StartNew();
for (var step = WarmUp; step < WarmUp + steps; step++) prefetcher.Take(step, 0, CancellationToken.None);
var seconds = clock.Elapsed.TotalSeconds;
Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
{
    ["imagesPerSecond"] = steps * MicroBatch / seconds,
    ["processorMillisecondsAnImage"] = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / (steps * MicroBatch),
    ["growthMiB"] = (Environment.WorkingSet - memory) / 1048576.0,
    ["managedBytesAnImage"] = (double)(GC.GetTotalAllocatedBytes() - allocated) / (steps * MicroBatch),
}));

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
