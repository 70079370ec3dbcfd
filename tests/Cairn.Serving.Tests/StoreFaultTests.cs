using Cairn.Kernel.Database;
using Cairn.Kernel.Database.Sqlite;
using Cairn.Kernel.Errors;
using Cairn.Models;
using Cairn.OnnxModels;
using Cairn.Testing;
using Cairn.Testing.Faults;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Serving.Tests;

/// <summary>Models are uploaded and deployed over a store that fails once, at each step of its writes in turn.</summary>
public sealed class StoreFaultTests : IAsyncLifetime
{
    private const int Stride = 2;

    private readonly ScratchDirectory _scratch = new();
    private FaultyDatabase _database = null!;
    private CapabilityHost _host = null!;
    private ServingHost _serving = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new FaultyDatabase(new SqliteDatabase(_scratch["cairn.db"]));
        _host = await CapabilityHost.StartAsync(
            services => services.AddModels().AddServing().AddSingleton<IDatabase>(_ => _database),
            _scratch.Path
        );
        _serving = new ServingHost(_host);
        await _host.PutAsync("model/model.onnx", SampleModels.LinearRegression());
    }

    public async ValueTask DisposeAsync()
    {
        _database.NeverFail();
        await _serving.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task an_upload_is_acknowledged_and_there_or_is_absent_or_whole()
    {
        var step = 0;
        for (var failed = true; failed; step++)
        {
            var id = $"m{step}";
            _database.FailAfter(step);
            var acknowledged = await TryAsync(() => UploadAsync(id));
            failed = _database.HasFailed;
            _database.NeverFail();

            var listed = await _serving.Models.ListModels(
                new ListModelsRequest { Parent = CapabilityHost.Parent, Filter = $"model={id}" },
                CapabilityHost.Call()
            );
            var there = listed.Models.Count == 1;
            (there || !acknowledged).ShouldBeTrue($"step {step}, {_database.Failure}");
            if (!there)
            {
                // Absent: nothing of it is in the way of the next attempt.
                await UploadAsync(id);
            }

            var name = $"{CapabilityHost.Parent}/models/{id}";
            (await _serving.Models.GetModel(new GetModelRequest { Name = name }, CapabilityHost.Call())).VersionAliases.ShouldBe([
                "default",
            ]);
            (await _serving.Models.ListModelVersions(new ListModelVersionsRequest { Name = name }, CapabilityHost.Call()))
                .Models.ShouldHaveSingleItem()
                .VersionId.ShouldBe("1", $"step {step}, {_database.Failure}");
        }

        step.ShouldBeGreaterThan(8);
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, $"{CapabilityHost.Parent}/models/m0");
        (await _serving.AskAsync(endpoint, "[[1, 1, 1]]")).ShouldBe("[ 6.5 ]");
    }

    [Fact]
    public async Task a_deployment_that_was_acknowledged_ends_and_predicts_as_its_operation_says()
    {
        await UploadAsync("m");
        var model = $"{CapabilityHost.Parent}/models/m";
        var seed = Random.Shared.Next(Stride);
        TestContext.Current.TestOutputHelper?.WriteLine($"first step {seed}");
        var step = seed;
        for (var failed = true; failed; step += Stride)
        {
            var endpoint = await _serving.CreateEndpointAsync($"e{step}");
            _database.FailAfter(step);
            Google.LongRunning.Operation? started = null;
            var acknowledged = await TryAsync(async () => started = await _serving.StartDeployAsync(endpoint, model, 1, ("0", 100)));
            if (acknowledged)
            {
                started = await _host.EndAsync(Task.FromResult(started!));
            }

            failed = _database.HasFailed;
            var failure = _database.Failure;
            _database.NeverFail();
            if (started is { Error: null })
            {
                (await _serving.AskAsync(endpoint, "[[1, 1, 1]]")).ShouldBe("[ 6.5 ]", $"step {step}, {failure}");
                continue;
            }

            // Not acknowledged, or ended with an error: it is deployed whole, or not at all, and then it can be deployed now.
            if (started is null)
            {
                await UntilQuietAsync();
            }

            var deployed = (
                await _serving.Endpoints.GetEndpoint(new GetEndpointRequest { Name = endpoint }, CapabilityHost.Call())
            ).DeployedModels;
            if (deployed.Count == 0)
            {
                await _serving.DeployAsync(endpoint, model, 1, ("0", 100));
            }

            (await _serving.AskAsync(endpoint, "[[1, 1, 1]]")).ShouldBe("[ 6.5 ]", $"step {step}, {failure}");
        }

        step.ShouldBeGreaterThan(8);
    }

    /// <summary>Waits until every operation there is has ended.</summary>
    private Task UntilQuietAsync() =>
        Poll.UntilAsync(
            async () =>
                (
                    await _host
                        .Rpc<Kernel.Operations.OperationsService>()
                        .ListOperations(
                            new Google.LongRunning.ListOperationsRequest { Name = CapabilityHost.Parent, PageSize = 1000 },
                            CapabilityHost.Call()
                        )
                ).Operations.All(static operation => operation.Done),
            "all operations to end"
        );

    private async Task UploadAsync(string id)
    {
        var model = new Model
        {
            DisplayName = id,
            ArtifactUri = "gs://demo/model",
            ContainerSpec = new ModelContainerSpec { ImageUri = "cairn/onnx:latest" },
        };
        await _host.ResponseAsync<UploadModelResponse>(
            _serving.Models.UploadModel(
                new UploadModelRequest
                {
                    Parent = CapabilityHost.Parent,
                    Model = model,
                    ModelId = id,
                },
                CapabilityHost.Call()
            )
        );
    }

    /// <summary>Whether a call was acknowledged; the injected failure is all that may go wrong.</summary>
    private static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception error) when (error is IOException or StatusException { Code: Google.Rpc.Code.Internal })
        {
            return false;
        }
    }
}
