using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Inception.Distributed.Torch.Tests.Extensions;

/// <summary>What PyTorch makes of <see cref="RecordedGradients"/>: one run of the distribution's Python for all cases.</summary>
public sealed class PyTorchOptimizers : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly string _directory = Directory.CreateTempSubdirectory("inception-optimizers-").FullName;
    private readonly string? _missing;

    public PyTorchOptimizers()
    {
        _missing = Run("-c", "import torch") is { Length: > 0 } error ? error : null;
        if (_missing is not null)
            return;
        Write("parameters.f64", RecordedGradients.Start);
        Write("gradients.f64", RecordedGradients.Gradients);
        var cases = OptimizerCase.All.Select(each => new
        {
            name = each.Name,
            optimizer = each.Optimizer,
            dtype = each.Dtype,
            settings = each.Settings,
            clip = each.Clip,
            weight_decay = OptimizerCase.WeightDecay,
            ema = OptimizerCase.EmaDecay,
        });
        File.WriteAllText(Path.Combine(_directory, "cases.json"), JsonSerializer.Serialize(cases));
        var failure = Run(Path.Combine(AppContext.BaseDirectory, "Extensions", "optimizer_reference.py"), _directory);
        if (failure.Length > 0)
            throw new InvalidOperationException(failure);
    }

    public double[] Read(OptimizerCase optimizer, string what)
    {
        if (_missing is not null)
            Assert.Skip($"PyTorch for {Python} is missing (Debian's python3-torch): {_missing}");
        return MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(_directory, $"{optimizer.Name}.{what}.f64"))).ToArray();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Write(string name, double[] values) =>
        File.WriteAllBytes(Path.Combine(_directory, name), MemoryMarshal.AsBytes<double>(values).ToArray());

    /// <summary>Standard error where the program failed, else nothing.</summary>
    private static string Run(params string[] arguments)
    {
        if (!File.Exists(Python))
            return "there is no such program";
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"exit code {process.ExitCode}: {error}";
    }
}
