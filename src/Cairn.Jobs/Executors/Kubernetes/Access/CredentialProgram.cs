using System.Collections;
using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// The program that a kubeconfig's user gets credentials from, which runs as this server and with its environment
/// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
/// </summary>
/// <param name="exec">What the user says of the program.</param>
/// <param name="user">The user.</param>
/// <param name="cluster">The cluster, which some programs want to know.</param>
internal sealed class CredentialProgram(KubeconfigEntry exec, KubeconfigEntry user, KubeconfigEntry cluster)
{
    /// <summary>How long it may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>How much of what it complains of is told.</summary>
    private const int MaxSaid = 500;

    /// <summary>Runs it once.</summary>
    /// <exception cref="Kernel.Errors.StatusException">FAILED_PRECONDITION: what is said of it cannot be honoured.</exception>
    /// <exception cref="ExecutorAwayException">It gives no credentials now.</exception>
    public async Task<ProgramCredentials> RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        _ = exec.Knowing("apiVersion", "command", "args", "env", "installHint", "provideClusterInfo", "interactiveMode");
        var command = exec.Text("command") ?? throw user.Refusal("has an exec without a command.");
        var version = exec.Text("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw user.Refusal($"has an exec of the apiVersion '{version}': client.authentication.k8s.io/v1 is supported.");
        }

        if (exec.Text("interactiveMode") == "Always")
        {
            throw user.Refusal($"has the program '{command}', which wants to ask a person; there is none at a server.");
        }

        var file = command.Contains('/', StringComparison.Ordinal) ? exec.Resolve(command) : command;
        using var clock = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, clock.Token);
        try
        {
            var result = await HostTools.RunAsync(file, exec.Texts("args"), Variables(version), limit.Token);
            return result.ExitCode == 0
                ? ProgramCredentials.Parse(result.Output, version)
                : throw Away(command, result.Complaint[..Math.Min(result.Complaint.Length, MaxSaid)]);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Away(command, $"it has not ended in {Limit.TotalSeconds:0} s.");
        }
        catch (Win32Exception e)
        {
            throw Away(command, $"{e.Message}. {exec.Text("installHint")}".TrimEnd());
        }
        catch (FormatException e)
        {
            throw Away(command, e.Message);
        }
    }

    private static ExecutorAwayException Away(string command, string reason) =>
        new($"The kubeconfig's program '{command}' gives no credentials for the Kubernetes cluster: {reason}");

    private Dictionary<string, string> Variables(string version)
    {
        var variables = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(static pair => (string)pair.Key, static pair => (string?)pair.Value ?? "");
        foreach (var variable in exec.Entries("env"))
        {
            variables[variable.Text("name") ?? throw user.Refusal("has an exec with a variable without a name.")] =
                variable.Text("value") ?? "";
        }

        var spec = new JsonObject { ["interactive"] = false };
        if (exec.Flag("provideClusterInfo"))
        {
            spec["cluster"] = new JsonObject
            {
                ["server"] = cluster.Text("server"),
                ["tls-server-name"] = cluster.Text("tls-server-name"),
                ["insecure-skip-tls-verify"] = cluster.Flag("insecure-skip-tls-verify"),
                ["certificate-authority-data"] = KubeconfigPem.Text(cluster, "certificate-authority") is { } authority
                    ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(authority))
                    : null,
                ["proxy-url"] = cluster.Text("proxy-url"),
            };
        }

        variables["KUBERNETES_EXEC_INFO"] = new JsonObject
        {
            ["apiVersion"] = version,
            ["kind"] = "ExecCredential",
            ["spec"] = spec,
        }.ToJsonString();
        return variables;
    }
}
