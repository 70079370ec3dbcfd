using Cairn.Cli.Api;
using Cairn.Cli.Commands.CustomJobs;
using Cairn.Cli.Shell;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Cli.Quickstart;

/// <summary>What the run made.</summary>
internal sealed record PenguinsResult(CustomJob Job, string Model, string ModelVersion, string Endpoint);

/// <summary>
/// The main job on the Palmer penguins, each step through the API that everyone uses. What an earlier run left is used again.
/// </summary>
internal sealed class PenguinsRun(CairnClient client, string grpc, string project, string region, Steps steps)
{
    public const int StepCount = 6;

    private readonly StorageClient _storage = new(client.Http);
    private readonly string _parent = $"projects/{project}/locations/{region}";
    private readonly string _bucket = Penguins.BucketOf(project);

    public async Task<PenguinsResult> RunAsync(CancellationToken cancellation)
    {
        var package = await UploadAsync(cancellation);
        var job = await TrainAsync(package, cancellation);
        var model = await RegisterAsync(job, cancellation);
        var endpoint = await DeployAsync(model, cancellation);
        await PredictAsync(endpoint, cancellation);
        return new PenguinsResult(job, model.Model, model.ModelVersionId, endpoint);
    }

    private async Task<string> UploadAsync(CancellationToken cancellation)
    {
        await steps.RunAsync(
            $"A bucket, gs://{_bucket}",
            async () =>
            {
                var exists = await _storage.BucketExistsAsync(_bucket, cancellation);
                if (!exists)
                {
                    await _storage.CreateBucketAsync(project, _bucket, cancellation);
                }

                return exists;
            },
            existed => existed ? "is there from an earlier run" : "created"
        );

        var package = $"packages/{Penguins.Package}-{Penguins.PackageVersion}.tar.gz";
        await steps.RunAsync(
            "The data and the training program, as objects",
            async () =>
            {
                var upload = new Upload(client.Http);
                var data = await upload.SendAsync(
                    () => File.OpenRead(SampleFiles.Data),
                    _bucket,
                    "data/penguins.json",
                    "application/json",
                    static _ => { },
                    cancellation
                );
                var sdist = SourceDistribution.Pack(SampleFiles.Project, Penguins.Package, Penguins.PackageVersion);
                var program = await upload.SendAsync(
                    () => new MemoryStream(sdist),
                    _bucket,
                    package,
                    "application/gzip",
                    static _ => { },
                    cancellation
                );
                return (data, program);
            },
            done =>
                $"gs://{_bucket}/{done.data.Name} ({done.data.Size:N0} bytes), gs://{_bucket}/{done.program.Name} ({done.program.Size:N0} bytes)"
        );
        return $"gs://{_bucket}/{package}";
    }

    private Task<CustomJob> TrainAsync(string package, CancellationToken cancellation) =>
        steps.RunAsync(
            "A custom training job: scikit-learn on its split of the penguins",
            async () =>
            {
                var job = await client.PostAsync<CustomJob>($"/v1/{_parent}/customJobs", JobFor(package), cancellation);
                steps.Note($"{job.Name} is submitted; its log:");
                var lines = client.FollowAsync(
                    project,
                    job.Name.Split('/')[^1],
                    async token => JobLog.IsOver((job = await client.GetAsync<CustomJob>($"/v1/{job.Name}", token)).State),
                    cancellation
                );
                await foreach (var entry in lines)
                {
                    steps.Note("│ " + JobLog.Message(entry));
                }

                return job.State == JobState.Succeeded
                    ? job
                    : throw new CliException($"The training job {job.Name} ended as {job.State}: {job.Error?.Message} See its log above.");
            },
            job => $"succeeded; its model is in {ArtifactsOf(job)}"
        );

    private CustomJob JobFor(string package) =>
        new()
        {
            DisplayName = "penguins",
            Labels = { ["example"] = "penguins" },
            JobSpec = new CustomJobSpec
            {
                BaseOutputDirectory = new GcsDestination { OutputUriPrefix = $"gs://{_bucket}/runs/{Guid.CreateVersion7():N}" },
                WorkerPoolSpecs =
                {
                    new WorkerPoolSpec
                    {
                        ReplicaCount = 1,
                        MachineSpec = new MachineSpec { MachineType = "n1-standard-4" },
                        PythonPackageSpec = new PythonPackageSpec
                        {
                            ExecutorImageUri = Penguins.TrainingImage,
                            PackageUris = { package },
                            PythonModule = Penguins.Module,
                            Args = { $"--data=gs://{_bucket}/data/penguins.json" },
                        },
                    },
                },
            },
        };

    private Task<UploadModelResponse> RegisterAsync(CustomJob job, CancellationToken cancellation) =>
        steps.RunAsync(
            "The registry: a model that scikit-learn's prebuilt image serves",
            async () =>
            {
                var known = await FindAsync<Model>($"/v1/{_parent}/models/{Penguins.ModelId}", cancellation);
                var request = new UploadModelRequest
                {
                    Model = new Model
                    {
                        DisplayName = "penguins",
                        Description = "Tells Adelie, Chinstrap and Gentoo penguins apart by four measures.",
                        ArtifactUri = ArtifactsOf(job),
                        ContainerSpec = new ModelContainerSpec { ImageUri = Penguins.PredictionImage },
                    },
                    ModelId = known is null ? Penguins.ModelId : "",
                    ParentModel = known?.Name ?? "",
                };
                var operation = await client.PostAsync<Operation>($"/v1/{_parent}/models:upload", request, cancellation);
                return await client.ResultAsync<UploadModelResponse>(operation, cancellation);
            },
            model => $"{model.Model}, version {model.ModelVersionId}"
        );

    private Task<string> DeployAsync(UploadModelResponse model, CancellationToken cancellation) =>
        steps.RunAsync(
            "An endpoint, with the model deployed to it",
            async () =>
            {
                var name = $"{_parent}/endpoints/{Penguins.EndpointId}";
                var endpoint = await FindAsync<Endpoint>($"/v1/{name}", cancellation);
                if (endpoint is null)
                {
                    var creation = await client.PostAsync<Operation>(
                        $"/v1/{_parent}/endpoints?endpointId={Penguins.EndpointId}",
                        new Endpoint { DisplayName = "penguins" },
                        cancellation
                    );
                    endpoint = await client.ResultAsync<Endpoint>(creation, cancellation);
                }

                var request = new DeployModelRequest
                {
                    DeployedModel = new DeployedModel
                    {
                        Model = $"{model.Model}@{model.ModelVersionId}",
                        DisplayName = $"penguins v{model.ModelVersionId}",
                        DedicatedResources = new DedicatedResources
                        {
                            MachineSpec = new MachineSpec { MachineType = "n1-standard-2" },
                            MinReplicaCount = 1,
                            MaxReplicaCount = 1,
                        },
                    },
                    TrafficSplit = { ["0"] = 100 },
                };
                await client.WaitAsync(await client.PostAsync<Operation>($"/v1/{name}:deployModel", request, cancellation), cancellation);
                // What an earlier run deployed answers no more requests, and goes.
                foreach (var old in endpoint.DeployedModels)
                {
                    await client.WaitAsync(
                        await client.PostAsync<Operation>(
                            $"/v1/{name}:undeployModel",
                            new UndeployModelRequest { DeployedModelId = old.Id },
                            cancellation
                        ),
                        cancellation
                    );
                }

                return name;
            },
            name => $"{name} answers"
        );

    private Task<IReadOnlyList<string>> PredictAsync(string endpoint, CancellationToken cancellation) =>
        steps.RunAsync(
            "Predictions, over REST and over gRPC",
            async () =>
            {
                var request = new PredictRequest { Endpoint = endpoint };
                foreach (var (_, measures) in Penguins.Samples)
                {
                    request.Instances.Add(Value.ForList([.. measures.Select(Value.ForNumber)]));
                }

                var rest = await client.PostAsync<PredictResponse>($"/v1/{endpoint}:predict", request, cancellation);
                var rpc = await GrpcCall.UnaryAsync<PredictRequest, PredictResponse>(
                    grpc,
                    "google.cloud.aiplatform.v1.PredictionService",
                    "Predict",
                    request,
                    client.Address.Token,
                    cancellation
                );
                var answers = new List<string>();
                for (var i = 0; i < Penguins.Samples.Count; i++)
                {
                    var (species, measures) = Penguins.Samples[i];
                    var (one, other) = (rest.Predictions[i].StringValue, rpc.Predictions[i].StringValue);
                    steps.Note($"│ [{string.Join(", ", measures)}]  REST: {one}  gRPC: {other}  (it is: {species})");
                    if (one != other)
                    {
                        throw new CliException($"REST and gRPC answered differently: {one} and {other}.");
                    }

                    answers.Add(one);
                }

                return (IReadOnlyList<string>)answers;
            },
            answers => $"{answers.Count} penguins told apart"
        );

    private async Task<T?> FindAsync<T>(string path, CancellationToken cancellation)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            return await client.GetAsync<T>(path, cancellation);
        }
        catch (ApiException e) when (e.Status == "NOT_FOUND")
        {
            return null;
        }
    }

    private static string ArtifactsOf(CustomJob job) => $"{job.JobSpec.BaseOutputDirectory.OutputUriPrefix.TrimEnd('/')}/model";
}
