// One coordinator and many simulated workers on this machine; see bench/coordinator.sh.
//
// Usage: CoordinatorBench INCEPTION_DLL JOB.yaml OUTPUT WORKERS MEMBERS

using System.Diagnostics;
using System.Globalization;
using Grpc.Net.Client;
using Inception.Distributed.Bench;
using Inception.Distributed.Protocol;

var (program, job, output, count, members) = (args[0], args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture));
const double Timeout = 10;
var dead = Math.Max(1, count / 10);

using var coordinator = Process.Start(new ProcessStartInfo("dotnet",
[
    program, "coordinator", job, "--output", output, "--workers", $"{members}", "--set", $"batch.microBatches={members}", "--set", $"batch.global={4 * members}",
    "--set", "data.train.limit=0", "--set", "workers.heartbeat=1", "--set", $"workers.timeout={Timeout}", "--set", "checkpoint.everySteps=0", "--set", "schedule.epochs=1000",
])
{ RedirectStandardOutput = true })!;
try
{
    var address = new TaskCompletionSource<Uri>();
    _ = Task.Run(async () =>
    {
        while (await coordinator.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split("--coordinator ") is [_, var heard]) address.TrySetResult(new Uri(heard));
        }
    });
    var url = await address.Task;
    using var channel = GrpcChannel.ForAddress(url);
    var watch = new Watch(new Operator.OperatorClient(channel));
    var meter = new Meter(coordinator.Id);
    var joining = Stopwatch.StartNew();
    var assigned = new FirstAssignment();
    var workers = Enumerable.Range(0, count).Select(number => new SimulatedWorker(url, number, assigned.Take)).ToList();
    await Parallel.ForEachAsync(workers, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (worker, _) => await worker.JoinAsync());
    var first = await watch.UntilAsync(status => status.State == "training");
    Say($"{count} workers join, {members} of them form a generation", joining.Elapsed, $"{assigned.Elapsed(joining):0.00} s of it from the first assignment on");
    await watch.UntilAsync(status => status.Workers.Count(worker => worker.State != "connecting") == count);
    Say($"all {count} are ready", joining.Elapsed, meter.ToString());

    await Task.Delay(TimeSpan.FromSeconds(5));
    meter.Restart();
    await Task.Delay(TimeSpan.FromSeconds(20));
    Say("20 s of heartbeats, one a second and worker", null, meter.ToString());

    // Members first: spares are missed by nobody.
    List<SimulatedWorker> victims = [.. workers.OrderBy(worker => worker.Rank < 0).Take(dead)];
    var generation = (await watch.UntilAsync(_ => true)).Generation;
    var losing = Stopwatch.StartNew();
    foreach (var victim in victims) _ = victim.DisposeAsync().AsTask();
    await watch.UntilAsync(status => status.Workers.Count == count - dead);
    Say($"{dead} are killed, members first, until the last is noticed", losing.Elapsed, "");
    await watch.UntilAsync(status => status.Generation > generation && status.State == "training");
    Say("  until a generation without them stands", losing.Elapsed, meter.ToString());
    workers = [.. workers.Except(victims)];

    victims = [.. workers.OrderBy(worker => worker.Rank < 0).Take(dead)];
    generation = (await watch.UntilAsync(_ => true)).Generation;
    losing.Restart();
    foreach (var victim in victims) victim.FallSilent();
    await watch.UntilAsync(status => status.Workers.Count == count - 2 * dead);
    Say($"{dead} fall silent, members first (workers.timeout {Timeout} s), until the last is noticed", losing.Elapsed, "");
    await watch.UntilAsync(status => status.Generation > generation && status.State == "training");
    Say("  until a generation without them stands", losing.Elapsed, meter.ToString());
    foreach (var worker in workers) _ = worker.DisposeAsync().AsTask();
}
finally
{
    coordinator.Kill();
    await coordinator.WaitForExitAsync();
}

static void Say(string what, TimeSpan? time, string more) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-90} {(time is { } span ? $"{span.TotalSeconds,7:0.00} s" : "         ")}  {more}"));
