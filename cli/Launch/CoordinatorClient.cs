using Grpc.Net.Client;
using Inception.Distributed.Hosting;
using Inception.Distributed.Protocol;

namespace Inception.Distributed.Cli.Launch;

/// <summary>An operator's connection to a coordinator.</summary>
internal sealed class CoordinatorClient : IDisposable
{
    private readonly GrpcChannel _channel;

    /// <exception cref="UserErrorException">The settings and the address do not go together, or a certificate can't be used.</exception>
    public CoordinatorClient(Uri address, SecuritySettings security)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = SecureClient.CreateHandler(security, Role.Operator, address, TimeProvider.System),
            DisposeHttpClient = true,
        });
        Operator = new Operator.OperatorClient(_channel);
    }

    public Operator.OperatorClient Operator { get; }

    public void Dispose() => _channel.Dispose();
}
