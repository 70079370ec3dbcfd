using System.Text.Json;
using Cairn.Jobs.Interop;
using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>
/// Where a gang was made, which its folder knows from before the first of it is made: another cluster or namespace, which has nothing of
/// the gang, says nothing of it.
/// </summary>
/// <param name="Host">The URL of the cluster's API.</param>
/// <param name="Namespace">The namespace.</param>
internal sealed record SubmissionPlace(string Host, string Namespace)
{
    /// <summary>The most that is read of a file that the gang's programs may have written.</summary>
    private const int MaxBytes = 64 << 10;

    public void Write(Gang gang) => DurableFile.Write(Path(gang), JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>Where a gang was made; null where its folder does not say.</summary>
    public static SubmissionPlace? Of(Gang gang)
    {
        try
        {
            return JsonSerializer.Deserialize<SubmissionPlace>(UntrustedFolder.ReadFile(Path(gang), MaxBytes) ?? []);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether something of a gang may have been made. Versions before this one did not say so.</summary>
    public static bool Exists(Gang gang) => File.Exists(Path(gang));

    public override string ToString() => $"the namespace '{Namespace}' of {Host}";

    private static string Path(Gang gang) => System.IO.Path.Combine(gang.Directory.Path, "kubernetes.place");
}
