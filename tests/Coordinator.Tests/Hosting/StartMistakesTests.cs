using System.Net;
using System.Net.Sockets;
using Inception.Distributed.Hosting;
using Inception.Distributed.Jobs;

namespace Inception.Distributed.Coordinator.Tests.Hosting;

public sealed class StartMistakesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private async Task<string> MistakeAsync(string listen = "127.0.0.1:0", int workers = 1, JobSpec? job = null, string? output = null, bool insecure = false) =>
        (await Should.ThrowAsync<UserErrorException>(TestRun.StartAsync(output ?? _directory["out"], workers, job: job, listen: listen, insecure: insecure))).Message;

    [Fact]
    public async Task PortInUse_NamesTheAddressAndTheWayOut()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = other.LocalEndpoint.ToString()!;

        (await MistakeAsync(listen: address)).ShouldBe(
            $"--listen: {address} is in use by another program; choose another port, or port 0 for any free one");
        File.Exists(_directory["out/coordinator.json"]).ShouldBeFalse();
    }

    [Fact]
    public async Task AddressOfAnotherHost_SaysSo() =>
        (await MistakeAsync(listen: "192.0.2.1:5000", insecure: true)).ShouldStartWith("--listen: can't listen on 192.0.2.1:5000: ");

    [Fact]
    public async Task PlainTextOffLoopback_IsRefused_AndLeavesNothingBehind()
    {
        (await MistakeAsync(listen: "0.0.0.0:0")).ShouldStartWith("--listen: 0.0.0.0:0 is reached from other hosts, and nothing would protect the connections; give certificates with --certs DIR");
        Directory.Exists(_directory["out"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("127.0.0.1:x")]
    [InlineData("")]
    public void ListenAddress_ThatIsNone_IsRefused(string text) =>
        Should.Throw<UserErrorException>(() => ListenAddress.Parse(text)).Message.ShouldContain($"'{text}' is no address to listen on");

    [Theory]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:7000/")]
    [InlineData("localhost:5000", "http://127.0.0.1:7000/")]
    [InlineData("0.0.0.0:5000", "http://127.0.0.1:7000/")]
    [InlineData("[::]:5000", "http://[::1]:7000/")]
    [InlineData("[::1]:0", "http://[::1]:7000/")]
    public void ListenAddress_HasAUrlForThisHost(string text, string url) =>
        ListenAddress.LocalUrl(ListenAddress.Parse(text), 7000).ToString().ShouldBe(url);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task WorkersThatTheJobCannotUse_AreRefused(int workers) =>
        (await MistakeAsync(workers: workers)).ShouldContain($"{workers} workers can't share the job's 6 micro-batches");

    [Fact]
    public async Task OutputThatIsAFile_IsRefused()
    {
        await File.WriteAllTextAsync(_directory["file"], "", TestContext.Current.CancellationToken);
        (await MistakeAsync(output: _directory["file"])).ShouldStartWith("--output: can't make the directory ");
    }

    [Fact]
    public async Task OutputOfARunInProgress_IsRefused()
    {
        using var run = await TestRun.StartAsync(_directory["out"]);
        (await MistakeAsync()).ShouldContain("is in use by another coordinator");
        run.Stop();
        (await run.ExitCode).ShouldBe(130);
    }
}
