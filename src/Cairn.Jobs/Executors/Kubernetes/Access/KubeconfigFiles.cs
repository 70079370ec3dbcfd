using k8s;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>Which files say where the cluster is.</summary>
internal static class KubeconfigFiles
{
    public const string Variable = "KUBECONFIG";

    /// <summary>The files for a server's options and environment, of which all but that of the option exist.</summary>
    public static IReadOnlyList<string> Of(KubernetesOptions options) =>
        Of(options.Config, Environment.GetEnvironmentVariable(Variable), KubernetesClientConfiguration.KubeConfigDefaultLocation);

    /// <summary>
    /// The option's file; else those of the variable, of which empty entries and files that do not exist are passed over; else, where the
    /// variable has no entry, the file at home if there is one.
    /// </summary>
    public static IReadOnlyList<string> Of(string? option, string? variable, string home)
    {
        if (option is not null)
        {
            return [option];
        }

        var entries = Entries(variable);
        return [.. (entries.Count > 0 ? entries : [home]).Where(File.Exists)];
    }

    /// <summary>What a variable's value names.</summary>
    public static IReadOnlyList<string> Entries(string? variable) =>
        [.. (variable ?? "").Split(':').Select(static entry => entry.Trim().Trim('"')).Where(static entry => entry.Length > 0).Distinct()];
}
