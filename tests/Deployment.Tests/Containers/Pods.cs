using System.Globalization;
using k8s.Models;

namespace Inception.Distributed.Deployment.Tests.Containers;

/// <summary>Starts a rendered pod as a container: its arguments, environment, mounts, user, limits and locks, and nothing added.</summary>
internal static class Pods
{
    /// <param name="address">The pod's.</param>
    /// <param name="aliases">Names under which services find it.</param>
    /// <param name="claims">The directory of this host that stands for each claim.</param>
    /// <param name="files">The directory that stands for each ConfigMap and Secret.</param>
    /// <param name="memory">A limit in place of the pod's, e.g. <c>64m</c>.</param>
    public static IReadOnlyList<string> Arguments(
        V1PodSpec pod, string name, Network network, string address, IEnumerable<string> aliases,
        Func<string, string> claims, Func<string, string> files, string? memory = null)
    {
        var container = pod.Containers.Single();
        var (security, user) = (container.SecurityContext, pod.SecurityContext);
        List<string> arguments =
        [
            "--hostname", name, "--network", network.Name, "--ip", address, .. aliases.SelectMany(alias => new[] { "--network-alias", alias }),
            "--user", $"{user.RunAsUser}:{user.RunAsGroup}",
        ];
        if (security.ReadOnlyRootFilesystem == true) arguments.Add("--read-only");
        if (security.AllowPrivilegeEscalation == false) arguments.AddRange(["--security-opt", "no-new-privileges"]);
        foreach (var capability in security.Capabilities.Drop) arguments.AddRange(["--cap-drop", capability]);
        memory ??= container.Resources.Limits["memory"].ToInt64().ToString(CultureInfo.InvariantCulture);
        arguments.AddRange(["--memory", memory, "--memory-swap", memory]);
        foreach (var variable in container.Env ?? []) arguments.AddRange(["--env", $"{variable.Name}={ValueOf(variable, address)}"]);
        foreach (var mount in container.VolumeMounts) arguments.AddRange(Mount(mount, pod.Volumes.SingleOrDefault(volume => volume.Name == mount.Name), user.RunAsUser!.Value, claims, files));
        arguments.Add(container.Image);
        arguments.AddRange(container.Args.Select(argument => argument.Replace("$(POD_IP)", address)));
        return arguments;
    }

    private static string ValueOf(V1EnvVar variable, string address) => variable switch
    {
        { ValueFrom.FieldRef.FieldPath: "status.podIP" } => address,
        { ValueFrom: null, Value: { } value } => value,
        _ => throw new NotSupportedException($"the environment variable {variable.Name} has a source that this test does not know"),
    };

    // A volume that the pod does not have is one of its StatefulSet's claims.
    private static IEnumerable<string> Mount(V1VolumeMount mount, V1Volume? volume, long user, Func<string, string> claims, Func<string, string> files)
    {
        var readOnly = mount.ReadOnlyProperty == true ? ":ro" : "";
        return volume switch
        {
            null => ["--volume", $"{claims(mount.Name)}:{mount.MountPath}{readOnly}"],
            { PersistentVolumeClaim: { } claim } => ["--volume", $"{claims(Path.Combine(claim.ClaimName, mount.SubPath ?? ""))}:{mount.MountPath}{readOnly}"],
            { HostPath: { } path } => ["--volume", $"{path.Path}:{mount.MountPath}{readOnly}"],
            { ConfigMap: { } map } => ["--volume", $"{files(map.Name)}:{mount.MountPath}{readOnly}"],
            { Secret: { } secret } => ["--volume", $"{files(secret.SecretName)}:{mount.MountPath}{readOnly}"],
            { EmptyDir: { } directory } => ["--tmpfs", $"{mount.MountPath}:uid={user},mode=1777,size={directory.SizeLimit.ToInt64()}"],
            _ => throw new NotSupportedException($"the volume {volume.Name} is of a kind that this test does not know"),
        };
    }
}
