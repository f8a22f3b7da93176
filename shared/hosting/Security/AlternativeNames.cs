using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Inception.Distributed.Hosting;

/// <summary>Whom a certificate is for (RFC 5280, 4.2.1.6).</summary>
/// <param name="Hosts">Host names and IP addresses.</param>
public sealed record AlternativeNames(IReadOnlyList<string> Hosts, IReadOnlyList<string> Uris)
{
    private const string Oid = "2.5.29.17";
    private static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2), s_uri = new(TagClass.ContextSpecific, 6), s_address = new(TagClass.ContextSpecific, 7);

    /// <summary>The one role that it names; null: none, or several.</summary>
    public Role? Role => Uris.Select(Roles.OfUri).OfType<Role>().ToList() is [var role] ? role : null;

    public static AlternativeNames Of(X509Certificate2 certificate)
    {
        var (hosts, uris) = (new List<string>(), new List<string>());
        if (certificate.Extensions[Oid] is not { } extension) return new AlternativeNames(hosts, uris);
        try
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                var tag = names.PeekTag();
                if (tag.HasSameClassAndValue(s_dns)) hosts.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_dns));
                else if (tag.HasSameClassAndValue(s_uri)) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri));
                else if (tag.HasSameClassAndValue(s_address)) hosts.Add(new IPAddress(names.ReadOctetString(s_address)).ToString());
                else names.ReadEncodedValue();
            }
        }
        catch (Exception error) when (error is AsnContentException or CryptographicException or ArgumentException or DecoderFallbackException)
        {
            return new AlternativeNames([], []); // Names that can't be read are none.
        }
        return new AlternativeNames(hosts, uris);
    }
}
