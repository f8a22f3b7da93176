using Grpc.Net.Client;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Launch;

/// <summary>An operator's connection to a coordinator.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private readonly GrpcChannel _channel;

    public CoordinatorClient(Uri address)
    {
        // A proxy from the environment is for the outside world; on the way to a coordinator it would only be one more thing to fail.
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { UseProxy = false },
            DisposeHttpClient = true,
        });
        Operator = new Operator.OperatorClient(_channel);
    }

    public Operator.OperatorClient Operator { get; }

    public void Dispose() => _channel.Dispose();
}
