using Inception.Distributed.Hosting;

namespace Inception.Distributed.Coordinator.Tests.Security;

public sealed class LiveCertificatesTests : IDisposable
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    public LiveCertificatesTests() => CertificateAuthority.Create(_directory["ca"], "test CA", TimeSpan.FromDays(30), _time);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Issue_KeysAreTheOwnersAlone_AndTheCertificateNamesRoleAndHosts()
    {
        Issue(Role.Coordinator, "coordinator", "10.0.0.5", "train.example.org");

        foreach (var key in new[] { "ca/ca.key", "certs/tls.key" })
            File.GetUnixFileMode(_directory[key]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, key);
        var certificate = Open(Role.Coordinator).Current.Certificate;
        AlternativeNames.Of(certificate).Role.ShouldBe(Role.Coordinator);
        AlternativeNames.Of(certificate).Hosts.ShouldBe(["10.0.0.5", "train.example.org", "localhost", "127.0.0.1", "::1"]);
        (new DateTimeOffset(certificate.NotAfter) - _time.GetUtcNow()).ShouldBe(Week, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Create_WhereThereIsACa_IsRefused() =>
        Should.Throw<UserErrorException>(() => CertificateAuthority.Create(_directory["ca"], "again", Week, _time)).Message.ShouldContain("holds a CA already");

    [Fact]
    public void Issue_ForLongerThanTheCa_IsRefused() =>
        Should.Throw<UserErrorException>(() => CertificateAuthority.Issue(_directory["ca"], Role.Worker, "w", [], TimeSpan.FromDays(31), _directory["certs"], _time))
            .Message.ShouldContain("the CA in");

    [Fact]
    public void Current_FilesAreReplaced_TheNewOnesAreInUseWithoutARestart()
    {
        Issue(Role.Worker, "before");
        var live = Open(Role.Worker);
        Issue(Role.Worker, "after");
        live.Current.Certificate.Subject.ShouldContain("before", customMessage: "files are not read at every handshake");
        _time.Advance(1);

        live.Current.Certificate.Subject.ShouldContain("CN=after");
        live.Current.Certificate.HasPrivateKey.ShouldBeTrue();
    }

    [Fact]
    public void Current_FilesBecomeUnusable_WhatWasReadStaysAndItIsToldOnce()
    {
        Issue(Role.Worker, "before");
        var live = Open(Role.Worker);
        var problems = new List<string>();
        live.OnProblem = problems.Add;
        Issue(Role.Operator, "thief");
        for (var k = 0; k < 3; k++)
        {
            _time.Advance(1);
            live.Current.Certificate.Subject.ShouldContain("CN=before");
        }
        problems.Single().ShouldContain("is the certificate of an operator, and this is a worker");

        Issue(Role.Worker, "after");
        _time.Advance(1);
        live.Current.Certificate.Subject.ShouldContain("CN=after");
    }

    [Fact]
    public void Open_WhatCantBeUsed_SaysWhy()
    {
        Message(Role.Worker).ShouldContain("a directory of certificates has tls.crt, tls.key and ca.crt", Case.Insensitive);

        Issue(Role.Worker, "w");
        Message(Role.Coordinator).ShouldContain("tls.crt is the certificate of a worker, and this is a coordinator");

        File.SetUnixFileMode(_directory["certs/tls.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Message(Role.Worker).ShouldContain("is a secret that every user of this host can read or change; chmod 600 it");
        File.SetUnixFileMode(_directory["certs/tls.key"], UnixFileMode.UserRead);

        _time.Advance(8 * 24 * 3600);
        Message(Role.Worker).ShouldContain("its certificate (worker 'w') expired on 2026-01-08");

        CertificateAuthority.Create(_directory["other"], "other CA", TimeSpan.FromDays(30), _time);
        File.Copy(_directory["other/ca.crt"], _directory["certs/ca.crt"], overwrite: true);
        Message(Role.Worker).ShouldContain("is signed by 'test CA', which is no CA that is trusted here");

        File.WriteAllText(_directory["certs/tls.crt"], "rubbish");
        Message(Role.Worker).ShouldContain("can't be used together");
    }

    [Fact]
    public void JoinTokens_TakeEachLine_AndShowTheFirst()
    {
        CertificateAuthority.WriteToken(_directory["token"]);
        var old = File.ReadAllText(_directory["token"]).Trim();
        File.WriteAllText(_directory["token"], $"a-new-token-of-some-length\n{old}\n");
        var tokens = JoinTokens.Open(_directory["token"]);

        tokens.First.ShouldBe("a-new-token-of-some-length");
        (tokens.Accepts(tokens.First), tokens.Accepts(old), tokens.Accepts(old + "x"), tokens.Accepts("")).ShouldBe((true, true, false, false));
        File.WriteAllText(_directory["token"], "short\n");
        Should.Throw<UserErrorException>(() => JoinTokens.Open(_directory["token"])).Message.ShouldContain("make one: inception certs token");
    }

    private void Issue(Role role, string name, params string[] hosts) => CertificateAuthority.Issue(_directory["ca"], role, name, hosts, Week, _directory["certs"], _time);

    private LiveCertificates Open(Role role) => LiveCertificates.Open(CertificateFiles.In(_directory["certs"]), role, _time);

    private string Message(Role role) => Should.Throw<UserErrorException>(() => Open(role)).Message;

    private sealed class ManualTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public void Advance(long seconds) => _seconds += seconds;

        public override long GetTimestamp() => _seconds;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(_seconds);
    }
}
