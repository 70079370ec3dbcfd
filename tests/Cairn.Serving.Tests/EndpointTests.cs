using Cairn.Kernel.Errors;
using Cairn.OnnxModels;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Cairn.Serving.Tests;

public sealed class EndpointTests : IAsyncLifetime
{
    private ServingHost _serving = null!;
    private string _model = "";

    public async ValueTask InitializeAsync()
    {
        _serving = await ServingHost.StartAsync();
        _model = await _serving.UploadOnnxAsync("linear", SampleModels.Biased(0));
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();

    [Fact]
    public async Task traffic_that_does_not_sum_to_100_is_refused_at_once()
    {
        var endpoint = await _serving.CreateEndpointAsync();

        var error = await Should.ThrowAsync<StatusException>(() => _serving.StartDeployAsync(endpoint, _model, 1, ("0", 90)));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldBe("`traffic_split` sums to 90; it must sum to 100.");
    }

    [Fact]
    public async Task traffic_for_a_model_that_is_not_deployed_is_refused()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, _model);

        var error = await Should.ThrowAsync<StatusException>(() => UpdateTrafficAsync(endpoint, (id, 50), ("77", 50)));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain($"'77', which is not on endpoint");
        error.Message.ShouldContain(id);
    }

    [Fact]
    public async Task traffic_is_shared_as_the_split_says()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var first = await _serving.DeployAsync(endpoint, _model);
        var other = await _serving.UploadOnnxAsync("biased", SampleModels.Biased(1000));
        var second = await _serving.DeployAsync(endpoint, other, 1, (first, 75), ("0", 25));

        var answers = new Dictionary<string, int> { [first] = 0, [second] = 0 };
        const int requests = 1000;
        for (var i = 0; i < requests; i++)
        {
            var response = await _serving.PredictAsync(endpoint, "[[0, 0, 0]]");
            answers[response.DeployedModelId]++;
            response.Predictions[0].ListValue.Values[0].NumberValue.ShouldBe(response.DeployedModelId == first ? 0 : 1000);
        }

        // Six standard deviations of a fair draw.
        answers[second].ShouldBeInRange(250 - 82, 250 + 82);
        await UpdateTrafficAsync(endpoint, (second, 100));
        (await _serving.PredictAsync(endpoint, "[[0, 0, 0]]")).DeployedModelId.ShouldBe(second);
    }

    [Fact]
    public async Task an_undeployed_model_gets_no_request_once_that_is_acknowledged()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, _model);
        await _serving.PredictAsync(endpoint, "[[0, 0, 0]]");

        await _serving.Host.EndAsync(
            _serving.Endpoints.UndeployModel(new UndeployModelRequest { Endpoint = endpoint, DeployedModelId = id }, CapabilityHost.Call())
        );

        var error = await Should.ThrowAsync<StatusException>(() => _serving.PredictAsync(endpoint, "[[0, 0, 0]]"));
        error.Code.ShouldBe(Code.FailedPrecondition);
        error.Message.ShouldContain("no deployed model");
    }

    [Fact]
    public async Task a_model_with_traffic_is_undeployed_only_with_a_new_split()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var first = await _serving.DeployAsync(endpoint, _model);
        var second = await _serving.DeployAsync(endpoint, _model, 1, (first, 50), ("0", 50));
        var request = new UndeployModelRequest { Endpoint = endpoint, DeployedModelId = first };

        var error = await Should.ThrowAsync<StatusException>(() => _serving.Endpoints.UndeployModel(request, CapabilityHost.Call()));
        error.Code.ShouldBe(Code.FailedPrecondition);

        request.TrafficSplit[second] = 100;
        (await _serving.Host.EndAsync(_serving.Endpoints.UndeployModel(request, CapabilityHost.Call()))).Error.ShouldBeNull();
        var left = await _serving.Endpoints.GetEndpoint(new GetEndpointRequest { Name = endpoint }, CapabilityHost.Call());
        left.DeployedModels.ShouldHaveSingleItem().Id.ShouldBe(second);
        left.TrafficSplit.ShouldBe(new Dictionary<string, int> { [second] = 100 });
    }

    [Fact]
    public async Task deploying_to_an_endpoint_that_was_deleted_is_not_found()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.Host.EndAsync(
            _serving.Endpoints.DeleteEndpoint(new DeleteEndpointRequest { Name = endpoint }, CapabilityHost.Call())
        );

        var error = await Should.ThrowAsync<StatusException>(() => _serving.StartDeployAsync(endpoint, _model));

        error.Code.ShouldBe(Code.NotFound);
        error.Message.ShouldContain(endpoint);
    }

    [Fact]
    public async Task an_endpoint_and_a_model_in_use_are_not_deleted()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, _model);

        var ofEndpoint = await Should.ThrowAsync<StatusException>(() =>
            _serving.Endpoints.DeleteEndpoint(new DeleteEndpointRequest { Name = endpoint }, CapabilityHost.Call())
        );
        ofEndpoint.Code.ShouldBe(Code.FailedPrecondition);
        ofEndpoint.Message.ShouldContain(id);

        var ofModel = await Should.ThrowAsync<StatusException>(() =>
            _serving.Models.DeleteModel(new DeleteModelRequest { Name = _model }, CapabilityHost.Call())
        );
        ofModel.Code.ShouldBe(Code.FailedPrecondition);
        ofModel.Message.ShouldContain(endpoint);

        var seen = await _serving.Models.GetModel(new GetModelRequest { Name = _model }, CapabilityHost.Call());
        seen.DeployedModels.ShouldHaveSingleItem().ShouldBe(new DeployedModelRef { Endpoint = endpoint, DeployedModelId = id });
    }

    [Fact]
    public async Task deployments_at_once_all_arrive()
    {
        var endpoint = await _serving.CreateEndpointAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _serving.DeployAsync(endpoint, _model)));

        var deployed = await _serving.Endpoints.GetEndpoint(new GetEndpointRequest { Name = endpoint }, CapabilityHost.Call());
        deployed.DeployedModels.Select(d => d.Id).ShouldBe(ids, ignoreOrder: true);
        deployed.TrafficSplit.Values.Sum().ShouldBe(100);
    }

    [Fact]
    public async Task predictions_go_on_while_models_come_and_go()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var current = await _serving.DeployAsync(endpoint, _model);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    var count = 0;
                    while (!stop.IsCancellationRequested)
                    {
                        (await _serving.PredictAsync(endpoint, "[[1, 0, 0]]")).Predictions[0].ListValue.Values[0].NumberValue.ShouldBe(1);
                        count++;
                    }

                    return count;
                })
            )
            .ToArray();

        for (var i = 0; i < 5; i++)
        {
            var next = await _serving.DeployAsync(endpoint, _model, 1, ("0", 100));
            await _serving.Host.EndAsync(
                _serving.Endpoints.UndeployModel(
                    new UndeployModelRequest { Endpoint = endpoint, DeployedModelId = current },
                    CapabilityHost.Call()
                )
            );
            current = next;
        }

        await stop.CancelAsync();
        (await Task.WhenAll(clients)).Sum().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task a_renamed_model_is_answered_by_its_new_name()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        await _serving.DeployAsync(endpoint, _model);
        (await _serving.PredictAsync(endpoint, "[[0, 0, 0]]")).ModelDisplayName.ShouldBe("linear");

        await _serving.Models.UpdateModel(
            new UpdateModelRequest
            {
                Model = new Model { Name = _model, DisplayName = "renamed" },
                UpdateMask = new FieldMask { Paths = { "display_name" } },
            },
            CapabilityHost.Call()
        );

        (await _serving.PredictAsync(endpoint, "[[0, 0, 0]]")).ModelDisplayName.ShouldBe("renamed");
    }

    [Fact]
    public async Task deployed_models_serve_again_after_a_restart_even_if_the_objects_are_gone()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("cairn-restart-").FullName;
        try
        {
            string endpoint;
            await using (var before = await ServingHost.StartAsync(directory: directory))
            {
                endpoint = await before.CreateEndpointAsync();
                await before.DeployAsync(endpoint, await before.UploadOnnxAsync("m", SampleModels.LinearRegression()));
                await before.Host.Get<Data.IObjects>().DeleteAsync(new Data.GsUri("demo", "m/model.onnx"));
            }

            await using var after = await ServingHost.StartAsync(directory: directory);
            (await after.AskAsync(endpoint, "[[1, 1, 1]]")).ShouldBe("[ 6.5 ]");
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task another_servers_changes_are_seen()
    {
        var endpoint = await _serving.CreateEndpointAsync();
        var id = await _serving.DeployAsync(endpoint, _model);
        await _serving.PredictAsync(endpoint, "[[0, 0, 0]]");
        await using var other = await ServingHost.StartAsync(directory: _serving.Host.Directory);
        await other.Host.EndAsync(
            other.Endpoints.UndeployModel(new UndeployModelRequest { Endpoint = endpoint, DeployedModelId = id }, CapabilityHost.Call())
        );

        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                await _serving.PredictAsync(endpoint, "[[0, 0, 0]]");
                DateTime.UtcNow.ShouldBeLessThan(deadline);
                await Task.Delay(50);
            }
            catch (StatusException e)
            {
                e.Message.ShouldContain("no deployed model");
                return;
            }
        }
    }

    [Fact]
    public async Task an_image_that_is_known_but_not_served_says_how_to_map_it()
    {
        var model = await _serving.UploadAsync(
            "tf",
            "us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-12:latest",
            new() { ["saved_model.pb"] = [1] }
        );
        var endpoint = await _serving.CreateEndpointAsync();

        var operation = await _serving.Host.EndAsync(_serving.StartDeployAsync(endpoint, model));

        operation.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        operation.Error.Message.ShouldContain("prediction-images.json");
    }

    [Fact]
    public async Task an_endpoint_is_updated_by_mask_and_listed_by_filter()
    {
        var endpoint = await _serving.CreateEndpointAsync("before");
        var change = new Endpoint
        {
            Name = endpoint,
            DisplayName = "after",
            Description = "not masked",
            Labels = { ["a"] = "b" },
        };

        var updated = await _serving.Endpoints.UpdateEndpoint(
            new UpdateEndpointRequest
            {
                Endpoint = change,
                UpdateMask = new FieldMask { Paths = { "displayName", "labels" } },
            },
            CapabilityHost.Call()
        );

        updated.DisplayName.ShouldBe("after");
        updated.Description.ShouldBeEmpty();
        var list = await _serving.Endpoints.ListEndpoints(
            new ListEndpointsRequest { Parent = CapabilityHost.Parent, Filter = "display_name=after AND labels.a=b" },
            CapabilityHost.Call()
        );
        list.Endpoints.ShouldHaveSingleItem().Name.ShouldBe(endpoint);
    }

    private Task<Endpoint> UpdateTrafficAsync(string endpoint, params (string Id, int Percent)[] split)
    {
        var change = new Endpoint { Name = endpoint };
        foreach (var (id, percent) in split)
        {
            change.TrafficSplit[id] = percent;
        }

        return _serving.Endpoints.UpdateEndpoint(
            new UpdateEndpointRequest
            {
                Endpoint = change,
                UpdateMask = new FieldMask { Paths = { "traffic_split" } },
            },
            CapabilityHost.Call()
        );
    }
}
