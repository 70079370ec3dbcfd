using Cairn.Kernel.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// What kubeconfig files say together: of each name the first that has it, as <c>kubectl</c> merges them
/// (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).
/// </summary>
internal sealed class Kubeconfig
{
    /// <summary>The most that a file may have, in bytes.</summary>
    private const int MaxBytes = 8 << 20;

    private readonly Dictionary<string, KubeconfigEntry> _contexts = [];
    private readonly Dictionary<string, KubeconfigEntry> _clusters = [];
    private readonly Dictionary<string, KubeconfigEntry> _users = [];
    private readonly IReadOnlyList<string> _files;
    private string? _current;

    private Kubeconfig(IReadOnlyList<string> files) => _files = files;

    /// <summary>Whether nothing is named in it, as in a file that some tool has only begun.</summary>
    public bool IsEmpty => _contexts.Count == 0 && _clusters.Count == 0 && _current is null;

    /// <exception cref="StatusException">FAILED_PRECONDITION: a file cannot be read, or is none.</exception>
    public static Kubeconfig Read(IReadOnlyList<string> files)
    {
        var read = new Kubeconfig(files);
        foreach (var file in files)
        {
            try
            {
                read.Add(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
            {
                throw StatusException.FailedPrecondition($"The kubeconfig '{file}' cannot be read: {e.Message}");
            }
        }

        return read;
    }

    /// <summary>The context of a name, or the current one.</summary>
    /// <exception cref="StatusException">FAILED_PRECONDITION: there is none.</exception>
    public KubeconfigEntry Context(string? name)
    {
        name ??= _current ?? throw Refusal("it has no current-context. Choose one with --kubernetes-context.");
        return _contexts.GetValueOrDefault(name)
            ?? throw Refusal($"context {name} not found. It has {(_contexts.Count == 0 ? "none" : string.Join(", ", _contexts.Keys))}.");
    }

    /// <exception cref="StatusException">FAILED_PRECONDITION: there is none of the name.</exception>
    public KubeconfigEntry Cluster(string name) =>
        _clusters.GetValueOrDefault(name) ?? throw Refusal($"its context names the cluster '{name}', which is not in it.");

    /// <inheritdoc cref="Cluster"/>
    public KubeconfigEntry User(string name) =>
        _users.GetValueOrDefault(name) ?? throw Refusal($"its context names the user '{name}', who is not in it.");

    private StatusException Refusal(string sentence) =>
        StatusException.FailedPrecondition($"The kubeconfig '{string.Join(':', _files)}' cannot be used: {sentence}");

    private void Add(string file)
    {
        if (new FileInfo(file).Length > MaxBytes)
        {
            throw StatusException.FailedPrecondition($"The kubeconfig '{file}' has more than {MaxBytes >> 20} MiB.");
        }

        var yaml = new YamlStream();
        using (var reader = File.OpenText(file))
        {
            yaml.Load(reader);
        }

        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
        {
            return;
        }

        if (yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw StatusException.FailedPrecondition($"The file '{file}' is no kubeconfig: it has no keys.");
        }

        var entry = new KubeconfigEntry("it", root, file);
        if (entry.Text("kind") is { } kind and not "Config")
        {
            throw entry.Refusal($"is of the kind '{kind}', and not 'Config'.");
        }

        _current ??= entry.Text("current-context");
        Merge(_contexts, entry, "contexts", "context");
        Merge(_clusters, entry, "clusters", "cluster");
        Merge(_users, entry, "users", "user");
    }

    private static void Merge(Dictionary<string, KubeconfigEntry> all, KubeconfigEntry file, string list, string kind)
    {
        foreach (var item in file.Entries(list))
        {
            // A user who has nothing is written as a name alone.
            if (item.Text("name") is { } name)
            {
                all.TryAdd(name, (item.Entry(kind) ?? item.Nothing).Called($"the {kind} '{name}'"));
            }
        }
    }
}
