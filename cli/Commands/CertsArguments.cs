namespace Inception.Distributed.Cli.Commands;

/// <summary>What the commands under <c>certs</c> have in common.</summary>
internal static class CertsArguments
{
    private const int MostDays = 36500;

    /// <exception cref="UserErrorException">It is no lifetime.</exception>
    public static TimeSpan Days(int days) => days is >= 1 and <= MostDays
        ? TimeSpan.FromDays(days)
        : throw new UserErrorException("--days", $"{days} is no lifetime; 1 to {MostDays}");
}
