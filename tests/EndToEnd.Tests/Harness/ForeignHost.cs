using System.ComponentModel;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Inception.Distributed.EndToEnd.Tests.Harness;

/// <summary>Connections of this process that come from another network namespace, of clients that keep to no rule.</summary>
public sealed partial class ForeignHost(string networkNamespace)
{
    private const int CloneNewNetwork = 0x40000000;

    /// <summary>A socket belongs to the namespace of the thread that makes it, so that thread enters it, and is used for nothing else.</summary>
    public Socket Connect(IPEndPoint endPoint)
    {
        var connected = new TaskCompletionSource<Socket>();
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{networkNamespace}");
                if (SetNamespace((int)handle.DangerousGetHandle(), CloneNewNetwork) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(endPoint);
                connected.SetResult(socket);
            }
            catch (Exception error)
            {
                connected.SetException(error);
            }
        })
        { IsBackground = true }.Start();
        return connected.Task.GetAwaiter().GetResult();
    }

    /// <param name="certificate">Null: none is shown.</param>
    /// <param name="token">Null: none is shown.</param>
    public GrpcChannel Open(Uri server, X509Certificate2? certificate, string? token)
    {
        var address = new IPEndPoint(IPAddress.Parse(server.Host), server.Port);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new NetworkStream(Connect(address), ownsSocket: true)),
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null, // Whom it attacks is all the same to it.
            },
        };
        return GrpcChannel.ForAddress(server, new GrpcChannelOptions { HttpHandler = new TokenHandler(token) { InnerHandler = handler }, DisposeHttpClient = true });
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    private sealed class TokenHandler(string? token) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
