using System.Net;

namespace Inception.Distributed.Hosting;

/// <summary>An address that the user wants a server to listen on.</summary>
public static class ListenAddress
{
    /// <param name="option">Where the text comes from, for messages.</param>
    /// <exception cref="UserErrorException">It is no address with a port.</exception>
    public static IPEndPoint Parse(string text, string option = "--listen")
    {
        var address = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        // Without a port, TryParse takes port 0 and the last group of an IPv6 address for one.
        return address.Contains(':', StringComparison.Ordinal) && !address.EndsWith(']') && IPEndPoint.TryParse(address, out var endPoint)
            ? endPoint
            : throw new UserErrorException(option,
                $"'{text}' is no address to listen on; give an IP address of this host and a port, "
                + "e.g. 127.0.0.1:5000, 0.0.0.0:5000 or [::1]:5000 (port 0: any free one)");
    }

    public static UserErrorException InUse(IPEndPoint endPoint, string option = "--listen") => new(option,
        $"{endPoint} is in use by another program; choose another port, or port 0 for any free one");

    public static UserErrorException Unusable(IPEndPoint endPoint, string why, string option = "--listen") => new(option,
        $"can't listen on {endPoint}: {why}; give an address of this host");

    /// <summary>Where a program on this host reaches a server.</summary>
    public static Uri LocalUrl(IPEndPoint endPoint, int port, string scheme = "http")
    {
        var address = endPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endPoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endPoint.Address;
        return new Uri($"{scheme}://{new IPEndPoint(address, port)}");
    }
}
