using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Inception.Distributed.Text;

namespace Inception.Distributed.Hosting;

/// <summary>A network interface of this host, by its name.</summary>
public static class LocalInterface
{
    /// <summary>Its IPv4 address, else an IPv6 one that is not link-local.</summary>
    /// <param name="option">That named it, for messages.</param>
    /// <exception cref="UserErrorException">There is none of that name, or it has no address.</exception>
    public static IPAddress AddressOf(string name, string option)
    {
        var all = NetworkInterface.GetAllNetworkInterfaces();
        var names = all.Select(each => each.Name).ToList();
        var chosen = all.FirstOrDefault(each => each.Name == name)
            ?? throw new UserErrorException(option, $"this host has no network interface '{name}'{NearestName.Hint(name, names)}; it has {string.Join(", ", names)}");
        var addresses = chosen.GetIPProperties().UnicastAddresses.Select(each => each.Address).ToList();
        return addresses.Find(address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? addresses.Find(address => !address.IsIPv6LinkLocal)
            ?? throw new UserErrorException(option, $"the network interface '{name}' has no address that other hosts can reach");
    }
}
