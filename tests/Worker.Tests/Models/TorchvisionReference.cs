using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Inception.Distributed.Worker.Tests.Models;

/// <summary>Runs torchvision_reference.py with the distribution's Python and reads what it writes.</summary>
internal sealed class TorchvisionReference : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> Obstacle = new(() => FindObstacle());

    private readonly Dictionary<string, Tensor> _tensors = [];

    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    public Tensor this[string name] => _tensors[name];

    /// <summary>Skips the running test where Python's torchvision is missing.</summary>
    public static void Require() => Assert.SkipWhen(Obstacle.Value is not null, $"python3-torchvision is needed: {Obstacle.Value}");

    /// <param name="network">As torchvision calls it.</param>
    public static string[] Keys(string network, bool auxiliary) =>
        Run(["keys", "--network", network, .. auxiliary ? ["--auxiliary"] : Array.Empty<string>()]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One training step in float64, and in float32 if asked for.</summary>
    /// <param name="weights">Directory that <see cref="Write"/> left the parameters in; null: random ones.</param>
    /// <inheritdoc cref="Keys"/>
    public static TorchvisionReference Step(string network, int batch, int height, int width, bool auxiliary, bool single = false, string? weights = null)
    {
        var directory = Directory.CreateTempSubdirectory("torchvision-reference-");
        try
        {
            string[] arguments = ["--network", network, "--directory", directory.FullName, "--batch", Text(batch), "--height", Text(height), "--width", Text(width)];
            if (weights is not null) arguments = [.. arguments, "--weights", weights];
            Run(["step", .. arguments, .. auxiliary ? ["--auxiliary"] : Array.Empty<string>(), .. single ? ["--single"] : Array.Empty<string>()]);
            var reference = new TorchvisionReference();
            reference.Read(directory.FullName);
            return reference;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Writes a network's parameters, in float32, for <see cref="Step"/>.</summary>
    public static void Write(nn.Module network, string directory)
    {
        using var data = File.Create(Path.Combine(directory, "data.bin"));
        using var index = File.CreateText(Path.Combine(directory, "index.txt"));
        foreach (var (name, parameter) in network.named_parameters())
        {
            index.WriteLine($"{name} float32 {string.Join('x', parameter.shape)}");
            using var values = parameter.detach().contiguous();
            data.Write(MemoryMarshal.AsBytes(values.data<float>().ToArray().AsSpan()));
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? FindObstacle()
    {
        if (!File.Exists(Python))
            return $"there is no {Python}";
        var (code, _, errors) = Execute(["-c", "import torchvision"]);
        return code == 0 ? null : errors.Trim().Split('\n')[^1];
    }

    /// <summary>Runs a script of this folder.</summary>
    /// <returns>What it prints.</returns>
    public static string RunScript(string name, params IEnumerable<string> arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Models", name);
        var (code, output, errors) = Execute([script, .. arguments]);
        code.ShouldBe(0, errors);
        return output;
    }

    private static string Run(IEnumerable<string> arguments) => RunScript("torchvision_reference.py", arguments);

    private static (int Code, string Output, string Errors) Execute(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private void Read(string directory)
    {
        using var data = File.OpenRead(Path.Combine(directory, "data.bin"));
        foreach (var line in File.ReadLines(Path.Combine(directory, "index.txt")))
        {
            var fields = line.Split(' ');
            var shape = fields[2].Split('x', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, CultureInfo.InvariantCulture)).ToArray();
            _tensors.Add(fields[0], fields[1] switch
            {
                "float32" => tensor(Next<float>(data, shape), shape),
                "float64" => tensor(Next<double>(data, shape), shape),
                "int64" => tensor(Next<long>(data, shape), shape),
                var other => throw new InvalidDataException($"unexpected type {other}"),
            });
        }
    }

    private static T[] Next<T>(Stream data, long[] shape) where T : unmanaged
    {
        var values = new T[shape.Aggregate(1L, (product, size) => product * size)];
        data.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
