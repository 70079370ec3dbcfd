using System.CommandLine;
using Cairn.Cli.Shell;
using Cairn.Jobs.Executors.Kubernetes;

namespace Cairn.Cli.Commands.Server;

/// <summary>How a server's jobs become Jobs of a Kubernetes cluster, as options of its command line.</summary>
internal sealed class KubernetesFlags
{
    private static readonly KubernetesOptions Defaults = new();

    private readonly Option<string?> _agentImage = new("--kubernetes-agent-image")
    {
        Description = "The image that brings the agent into pods: a published cairn in /opt/cairn.",
        HelpName = "IMAGE",
    };
    private readonly Option<string?> _volume = new("--kubernetes-volume")
    {
        Description = "The ReadWriteMany claim that the data folder is on.",
        HelpName = "CLAIM",
    };
    private readonly Option<string> _volumePath = new("--kubernetes-volume-path")
    {
        Description = "Where on that volume the data folder is.",
        HelpName = "PATH",
        DefaultValueFactory = _ => Defaults.VolumePath,
    };
    private readonly Option<string?> _space = new("--kubernetes-namespace")
    {
        Description = "The namespace of pods; else the context's own.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _context = new("--kubernetes-context")
    {
        Description = "The kubeconfig's context; else its current one.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _config = new("--kubernetes-config")
    {
        Description = "The kubeconfig; else KUBECONFIG, ~/.kube/config, or the pod's service account.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _account = new("--kubernetes-service-account")
    {
        Description = "The service account of pods.",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _secrets = new("--kubernetes-pull-secret")
    {
        Description = "A secret with which images are pulled; may be repeated.",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _nodes = new("--kubernetes-node")
    {
        Description = "A label of the nodes that pods run on, as name=value; may be repeated.",
        HelpName = "LABEL",
    };
    private readonly Option<string?> _queue = new("--kubernetes-queue")
    {
        Description = "The queue of Kueue that admits jobs.",
        HelpName = "NAME",
    };
    private readonly Option<string> _gpu = new("--kubernetes-gpu")
    {
        Description = "What a GPU is called among resources.",
        HelpName = "RESOURCE",
        DefaultValueFactory = _ => Defaults.GpuResource,
    };
    public IEnumerable<Option> All =>
        [_agentImage, _volume, _volumePath, _space, _context, _config, _account, _secrets, _nodes, _queue, _gpu];

    /// <exception cref="CliException">Wrong usage.</exception>
    public KubernetesOptions Read(ParseResult parse) =>
        new()
        {
            AgentImage = parse.GetValue(_agentImage),
            Volume = parse.GetValue(_volume),
            VolumePath = parse.GetValue(_volumePath)!.Trim('/'),
            Namespace = parse.GetValue(_space),
            Context = parse.GetValue(_context),
            Config = parse.GetValue(_config),
            ServiceAccount = parse.GetValue(_account),
            PullSecrets = parse.GetValue(_secrets) ?? [],
            NodeSelector = (parse.GetValue(_nodes) ?? [])
                .Select(static pair => pair.Split('=', 2))
                .ToDictionary(
                    static pair => pair[0],
                    static pair =>
                        pair is [_, var value]
                            ? value
                            : throw CliException.Usage($"--kubernetes-node is '{pair[0]}'; it must be a label, such as pool=gpu.")
                ),
            Queue = parse.GetValue(_queue),
            GpuResource = parse.GetValue(_gpu)!,
        };
}
