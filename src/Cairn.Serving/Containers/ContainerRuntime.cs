using System.Net;
using System.Net.Sockets;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Security;
using Cairn.Kernel.Time;
using Cairn.Models;
using Cairn.Models.Runtimes;
using Cairn.Serving.Predictors;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Containers;

/// <summary>
/// Runs custom prediction containers under podman, on the host's network: each replica is told a free port in <c>AIP_HTTP_PORT</c>.
/// </summary>
public sealed class ContainerRuntime(
    Podman podman,
    OrphanContainers orphans,
    ChildLauncher launcher,
    ModelRegistry registry,
    ITaskTokens tokens,
    IIdSource ids,
    ServerEnvironment environment,
    ServingOptions options,
    TimeProvider time,
    IHttpClientFactory clients,
    ILogger<ContainerRuntime> logger
) : IPredictorRuntime
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(100);

    public string Name => "container";

    public async Task<IPredictor> StartAsync(PredictorSpec spec, CancellationToken cancellation)
    {
        await orphans.RemovedAsync(cancellation);
        var folder = spec.Model.Artifacts is null ? null : await registry.OpenFilesAsync(spec.Model.Artifacts, cancellation);
        await RequireImageAsync(spec, cancellation);
        // Named after the deployed model, so that a restarted server replaces the token of the one that was killed.
        var task = $"{spec.Endpoint}/deployedModels/{spec.DeployedModelId}";
        await tokens.RevokeAsync(task, cancellation);
        var token = await tokens.IssueAsync(task, spec.Model.Name.Parent.Project, cancellation);
        var predictor = new ContainerPredictor(
            stop => StartReplicaAsync(spec, folder, token, stop),
            Math.Max(1, spec.MinReplicas),
            spec.Title,
            clients.CreateClient(nameof(ContainerPredictor)),
            options,
            time,
            logger,
            () => tokens.RevokeAsync(task)
        );
        try
        {
            await predictor.StartAsync(cancellation);
            return predictor;
        }
        catch
        {
            await predictor.DisposeAsync();
            throw;
        }
    }

    private async Task RequireImageAsync(PredictorSpec spec, CancellationToken cancellation)
    {
        var image = spec.Image?.Image ?? spec.Model.Message.ContainerSpec?.ImageUri ?? "";
        var (code, _, _) = await podman.RunAsync(cancellation, "image", "exists", "--", image);
        if (code == 0)
        {
            return;
        }

        var (pulled, _, error) = await podman.RunAsync(cancellation, "pull", "--quiet", "--", image);
        if (pulled != 0)
        {
            var reason = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
            throw StatusException.FailedPrecondition(
                $"Image '{image}' is neither on this server nor can it be pulled ({reason}). Load it with 'podman load' or 'podman build', or map it to a local runtime by a line in {PredictionImages.FileName} in the server's data folder: {{\"pattern\": \"{image.Split(':')[0]}\", \"framework\": \"Sklearn\", \"predictor\": \"python\"}}."
            );
        }
    }

    private async Task<(Replica Replica, ContainerSettings Settings)> StartReplicaAsync(
        PredictorSpec spec,
        string? folder,
        string token,
        CancellationToken cancellation
    )
    {
        var port = FreePort();
        var settings = new ContainerSettings(spec, port, environment, token);
        var name = $"cairn-serving-{ids.NextHex()[..12]}";
        List<string> arguments =
        [
            "run",
            "--rm",
            "--name",
            name,
            "--network",
            "host",
            "--pull",
            "never",
            .. ContainerLimits.Of(new ProgramLimits()),
            "--label",
            $"{ServerLabel.Key}={ServerLabel.Value(environment)}",
            "--label",
            $"dev.cairn.deployed-model={spec.DeployedModelId}",
        ];
        foreach (var (key, value) in settings.Environment)
        {
            arguments.AddRange(["--env", $"{key}={value}"]);
        }

        if (folder is not null && spec.Model.Artifacts is { } artifacts)
        {
            // The registered files, where gcsfuse would show them.
            arguments.AddRange(["--mount", $"type=bind,src={folder},dst={MountPoint(artifacts.Uri)},ro"]);
        }

        if (settings.Command.Count > 0)
        {
            arguments.AddRange(["--entrypoint", System.Text.Json.JsonSerializer.Serialize(settings.Command)]);
        }

        // What a client names is never an option.
        arguments.AddRange(["--", settings.Image]);
        arguments.AddRange(settings.Arguments);
        var process = await launcher.StartAsync(podman.Command(arguments));
        var replica = new Replica(podman, name, process, new Uri($"http://127.0.0.1:{port}"), spec.Title, logger);
        try
        {
            await WaitHealthyAsync(spec, settings, replica, cancellation);
            return (replica, settings);
        }
        catch
        {
            await replica.DisposeAsync();
            throw;
        }
    }

    private async Task WaitHealthyAsync(PredictorSpec spec, ContainerSettings settings, Replica replica, CancellationToken cancellation)
    {
        var limit = spec.Model.Message.ContainerSpec?.DeploymentTimeout?.ToTimeSpan() is { Ticks: > 0 } own ? own : options.StartTimeout;
        using var client = clients.CreateClient(nameof(ContainerPredictor));
        using var deadline = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        var last = "nothing answered";
        try
        {
            while (true)
            {
                if (!replica.Running)
                {
                    throw StatusException.FailedPrecondition(
                        $"The container of {spec.Title} ended before it was healthy: {EndOfProcess.Describe(replica.ExitCode)}. {replica.LastLines(5)}"
                    );
                }

                try
                {
                    using var reply = await client.GetAsync(new Uri(replica.Address, settings.HealthRoute), both.Token);
                    if (reply.IsSuccessStatusCode)
                    {
                        return;
                    }

                    last = $"the last answer was {(int)reply.StatusCode}";
                }
                catch (HttpRequestException)
                {
                    // Nothing listens yet.
                }

                await Task.Delay(HealthInterval, time, both.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw StatusException.FailedPrecondition(
                $"The container of {spec.Title} did not answer GET {settings.HealthRoute} on AIP_HTTP_PORT {replica.Address.Port} with 200 within {limit.TotalSeconds:0} s; {last}. {replica.LastLines(5)}"
            );
        }
    }

    /// <summary>
    /// Where gcsfuse would show the folder; elsewhere, if its name has what podman's option or a path gives a meaning to.
    /// </summary>
    private static string MountPoint(string uri)
    {
        var path = uri["gs://".Length..].TrimEnd('/');
        return path.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.AsSpan().ContainsAny(",:=\"\\\n\r"))
            ? $"/gcs/{path}"
            : "/gcs/model";
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
