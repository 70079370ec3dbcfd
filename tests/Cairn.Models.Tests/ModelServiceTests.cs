using Cairn.Data;
using Cairn.Kernel.Errors;
using Cairn.OnnxModels;
using Cairn.Testing;
using Cairn.Tests;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Models.Tests;

public sealed class ModelServiceTests : IAsyncLifetime
{
    private const string Sklearn = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";
    private CapabilityHost _host = null!;

    private ModelService Service => _host.Rpc<ModelService>();

    public async ValueTask InitializeAsync()
    {
        _host = await CapabilityHost.StartAsync(services => services.AddModels());
        await _host.PutAsync("model/model.onnx", SampleModels.LinearRegression());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task an_uploaded_model_has_the_fields_that_clients_require()
    {
        var response = await UploadAsync(new UploadModelRequest { Model = Onnx("first") });

        response.ModelVersionId.ShouldBe("1");
        var model = await Service.GetModel(new GetModelRequest { Name = response.Model }, CapabilityHost.Call());
        model.Name.ShouldBe(response.Model);
        model.VersionId.ShouldBe("1");
        model.VersionAliases.ShouldBe(["default"]);
        model.VersionCreateTime.ShouldNotBeNull();
        model.Etag.ShouldNotBeEmpty();
        model.SupportedDeploymentResourcesTypes.ShouldBe([Model.Types.DeploymentResourcesType.DedicatedResources]);
        model.SupportedInputStorageFormats.ShouldContain("jsonl");
        model.SupportedExportFormats.ShouldHaveSingleItem().Id.ShouldBe("custom-trained");
        model.ArtifactUri.ShouldBe("gs://demo/model");
    }

    [Fact]
    public async Task a_new_version_is_found_by_number_and_alias_and_becomes_the_default_only_if_asked()
    {
        var first = await UploadAsync(new UploadModelRequest { Model = Onnx("m"), ModelId = "m" });
        var golden = Onnx("");
        golden.VersionAliases.Add("golden");
        golden.VersionDescription = "the second";
        var second = await UploadAsync(new UploadModelRequest { Model = golden, ParentModel = first.Model });

        second.ShouldBe(new UploadModelResponse { Model = first.Model, ModelVersionId = "2" });
        (await GetAsync(first.Model)).VersionId.ShouldBe("1");
        (await GetAsync(first.Model + "@golden")).VersionDescription.ShouldBe("the second");
        (await GetAsync(first.Model + "@2")).DisplayName.ShouldBe("m");

        var third = Onnx("");
        third.VersionAliases.Add("default");
        await UploadAsync(new UploadModelRequest { Model = third, ParentModel = first.Model });

        (await GetAsync(first.Model)).VersionId.ShouldBe("3");
        (await GetAsync(first.Model + "@1")).VersionAliases.ShouldBeEmpty();
    }

    [Fact]
    public async Task versions_are_listed_and_models_are_listed_once()
    {
        var first = await UploadAsync(new UploadModelRequest { Model = Onnx("m") });
        await UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = first.Model });

        var versions = await Service.ListModelVersions(new ListModelVersionsRequest { Name = first.Model }, CapabilityHost.Call());
        versions.Models.Select(v => v.VersionId).Order().ShouldBe(["1", "2"]);
        versions.Models.ShouldAllBe(v => v.Name == first.Model);
        var models = await Service.ListModels(
            new ListModelsRequest { Parent = CapabilityHost.Parent, Filter = "display_name=m" },
            CapabilityHost.Call()
        );
        models.Models.ShouldHaveSingleItem().VersionId.ShouldBe("1");
    }

    [Fact]
    public async Task a_version_number_is_not_given_again_after_its_version_was_deleted()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        await UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = model });
        await _host.EndAsync(Service.DeleteModelVersion(new DeleteModelVersionRequest { Name = model + "@2" }, CapabilityHost.Call()));

        (await UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = model })).ModelVersionId.ShouldBe("3");
    }

    [Fact]
    public async Task the_default_version_cannot_be_deleted_nor_lose_its_alias()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        await UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = model });

        var delete = await Should.ThrowAsync<StatusException>(() =>
            Service.DeleteModelVersion(new DeleteModelVersionRequest { Name = model + "@1" }, CapabilityHost.Call())
        );
        delete.Code.ShouldBe(Code.FailedPrecondition);
        delete.Message.ShouldContain("default");
        var merge = await Should.ThrowAsync<StatusException>(() =>
            Service.MergeVersionAliases(
                new MergeVersionAliasesRequest { Name = model + "@1", VersionAliases = { "-default" } },
                CapabilityHost.Call()
            )
        );
        merge.Code.ShouldBe(Code.FailedPrecondition);
    }

    [Fact]
    public async Task aliases_move_between_versions()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        await UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = model });

        var merged = await Service.MergeVersionAliases(
            new MergeVersionAliasesRequest { Name = model + "@2", VersionAliases = { "default", "blue", "v.2" } },
            CapabilityHost.Call()
        );
        merged.VersionAliases.ShouldBe(["blue", "default", "v.2"], ignoreOrder: true);
        (await GetAsync(model)).VersionId.ShouldBe("2");
        await Service.MergeVersionAliases(
            new MergeVersionAliasesRequest { Name = model + "@1", VersionAliases = { "blue" } },
            CapabilityHost.Call()
        );
        (await GetAsync(model + "@blue")).VersionId.ShouldBe("1");
        (await GetAsync(model + "@2")).VersionAliases.ShouldBe(["default", "v.2"], ignoreOrder: true);

        var unknown = await Should.ThrowAsync<StatusException>(() => GetAsync(model + "@red"));
        unknown.Code.ShouldBe(Code.NotFound);
        unknown.Message.ShouldContain("'blue'");
    }

    [Fact]
    public async Task an_update_changes_what_its_mask_names()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        var change = await GetAsync(model);
        change.Description = "d";
        change.DisplayName = "not masked";
        change.Labels["c"] = "d";

        var updated = await Service.UpdateModel(
            new UpdateModelRequest { Model = change, UpdateMask = Mask("description", "labels") },
            CapabilityHost.Call()
        );

        updated.Description.ShouldBe("d");
        updated.DisplayName.ShouldBe("m");
        updated.Labels["c"].ShouldBe("d");
        (await GetAsync(model)).Etag.ShouldBe(updated.Etag);

        var stale = await Should.ThrowAsync<StatusException>(() =>
            Service.UpdateModel(new UpdateModelRequest { Model = change, UpdateMask = Mask("description") }, CapabilityHost.Call())
        );
        stale.Code.ShouldBe(Code.Aborted);

        var version = await Service.UpdateModel(
            new UpdateModelRequest
            {
                Model = new Model { Name = model + "@1", VersionDescription = "v" },
                UpdateMask = Mask("versionDescription"),
            },
            CapabilityHost.Call()
        );
        version.VersionDescription.ShouldBe("v");
        (await GetAsync(model)).VersionDescription.ShouldBe("v");

        var mixed = await Should.ThrowAsync<StatusException>(() =>
            Service.UpdateModel(
                new UpdateModelRequest
                {
                    Model = new Model { Name = model + "@1", DisplayName = "x" },
                    UpdateMask = Mask("display_name"),
                },
                CapabilityHost.Call()
            )
        );
        mixed.Code.ShouldBe(Code.FailedPrecondition);
    }

    [Theory]
    [InlineData("gs://demo/nothing", Code.NotFound, "no object below")]
    [InlineData("gs://absent/model", Code.NotFound, "no bucket 'absent'")]
    [InlineData("gs://demo/model/model.onnx", Code.InvalidArgument, "which is an object")]
    [InlineData("/etc", Code.InvalidArgument, "gs://bucket/object")]
    public async Task an_artifact_folder_that_is_not_there_is_refused(string uri, Code code, string words)
    {
        var model = Onnx("m");
        model.ArtifactUri = uri;

        var error = await Should.ThrowAsync<StatusException>(() => UploadAsync(new UploadModelRequest { Model = model }));

        error.Code.ShouldBe(code);
        error.Message.ShouldContain(words);
    }

    [Fact]
    public async Task files_that_a_prebuilt_image_cannot_serve_are_refused_by_name()
    {
        await _host.PutAsync("text/readme.txt", [1]);
        var model = new Model
        {
            DisplayName = "m",
            ArtifactUri = "gs://demo/text",
            ContainerSpec = new ModelContainerSpec { ImageUri = Sklearn },
        };

        var error = await Should.ThrowAsync<StatusException>(() => UploadAsync(new UploadModelRequest { Model = model }));

        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain("'readme.txt'");
        error.Message.ShouldContain("'model.joblib' or 'model.pkl'");
    }

    [Fact]
    public async Task a_registered_version_keeps_its_files_when_the_objects_are_overwritten()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        await _host.PutAsync("model/model.onnx", SampleModels.Biased(7));

        var registry = _host.Get<ModelRegistry>();
        var registered = await registry.GetAsync(Names.ModelName.Parse(model, "name"));
        var folder = await registry.OpenFilesAsync(registered.Artifacts!);

        File.ReadAllBytes(Path.Combine(folder, "model.onnx")).ShouldBe(SampleModels.LinearRegression());

        Directory.Delete(folder, recursive: true);
        var changed = await Should.ThrowAsync<StatusException>(() => registry.OpenFilesAsync(registered.Artifacts!));
        changed.Code.ShouldBe(Code.FailedPrecondition);
        changed.Message.ShouldContain("have changed");
    }

    [Fact]
    public async Task a_neighbouring_folder_with_a_longer_name_is_not_part_of_the_model()
    {
        await _host.PutAsync("model10/other.bin", [1]);
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;

        var registered = await _host.Get<ModelRegistry>().GetAsync(Names.ModelName.Parse(model, "name"));

        registered.Artifacts!.Files.ShouldHaveSingleItem().Path.ShouldBe("model.onnx");
    }

    [Fact]
    public async Task an_export_writes_the_registered_files_below_the_prefix()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        var request = new ExportModelRequest
        {
            Name = model + "@1",
            OutputConfig = new ExportModelRequest.Types.OutputConfig
            {
                ExportFormatId = "custom-trained",
                ArtifactDestination = new GcsDestination { OutputUriPrefix = "gs://demo/exports" },
            },
        };

        var operation = await _host.EndAsync(Service.ExportModel(request, CapabilityHost.Call()));

        operation.Error.ShouldBeNull();
        var folder = operation.Metadata.Unpack<ExportModelOperationMetadata>().OutputInfo.ArtifactOutputUri;
        folder.ShouldStartWith("gs://demo/exports/model-export-m-");
        await using var content = await _host.Get<IObjects>().OpenAsync(GsUri.Parse(folder, "x").Join("model.onnx"));
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        copy.ToArray().ShouldBe(SampleModels.LinearRegression());
    }

    [Fact]
    public async Task a_copy_names_its_original_and_serves_the_same_files()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        var request = new CopyModelRequest { Parent = "projects/demo/locations/europe-west4", SourceModel = model };

        var response = await _host.ResponseAsync<CopyModelResponse>(Service.CopyModel(request, CapabilityHost.Call()));

        response.Model.ShouldStartWith("projects/demo/locations/europe-west4/models/");
        var copy = await GetAsync(response.Model);
        copy.OriginalModelInfo.Model.ShouldBe(model + "@1");
        copy.ModelSourceInfo.Copy.ShouldBeTrue();
        copy.DisplayName.ShouldBe("m");
    }

    [Fact]
    public async Task evaluations_are_imported_listed_and_found()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;
        var evaluation = new ModelEvaluation
        {
            DisplayName = "e",
            MetricsSchemaUri = "gs://x/y.yaml",
            Metrics = Value.ForStruct(new Struct { Fields = { ["auRoc"] = Value.ForNumber(0.9) } }),
        };

        var imported = await Service.ImportModelEvaluation(
            new ImportModelEvaluationRequest { Parent = model, ModelEvaluation = evaluation },
            CapabilityHost.Call()
        );

        imported.Name.ShouldStartWith(model + "@1/evaluations/");
        var page = await Service.ListModelEvaluations(new ListModelEvaluationsRequest { Parent = model }, CapabilityHost.Call());
        page.ModelEvaluations.ShouldHaveSingleItem().ShouldBe(imported);
        (
            await Service.GetModelEvaluation(
                new GetModelEvaluationRequest { Name = imported.Name.Replace("@1", "", StringComparison.Ordinal) },
                CapabilityHost.Call()
            )
        ).ShouldBe(imported);
    }

    [Fact]
    public async Task a_deleted_model_is_gone_with_its_versions_and_files()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m"), ModelId = "gone" })).Model;
        await _host.EndAsync(Service.DeleteModel(new DeleteModelRequest { Name = model }, CapabilityHost.Call()));

        (await Should.ThrowAsync<StatusException>(() => GetAsync(model))).Code.ShouldBe(Code.NotFound);
        (await Should.ThrowAsync<StatusException>(() => GetAsync(model + "@1"))).Code.ShouldBe(Code.NotFound);
        var snapshots = Path.Combine(_host.Directory, "models", "snapshots");
        Directory
            .GetDirectories(snapshots)
            .ShouldAllBe(static folder => Path.GetFileName(folder).StartsWith(".removed-", StringComparison.Ordinal));
        await Poll.UntilAsync(() => Directory.GetDirectories(snapshots).Length == 0, "the model's files to be gone");
    }

    [Fact]
    public async Task a_caller_of_another_project_sees_nothing()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;

        (
            await Should.ThrowAsync<StatusException>(() =>
                Service.GetModel(new GetModelRequest { Name = model }, CapabilityHost.Call(project: "other"))
            )
        ).Code.ShouldBe(Code.PermissionDenied);

        var foreign = new UploadModelRequest { Parent = "projects/other/locations/us-central1", Model = Onnx("m") };
        (await Should.ThrowAsync<StatusException>(() => Service.UploadModel(foreign, CapabilityHost.Call(project: "other")))).Code.ShouldBe(
            Code.PermissionDenied
        );
    }

    [Fact]
    public async Task a_model_id_is_not_given_twice()
    {
        await UploadAsync(new UploadModelRequest { Model = Onnx("m"), ModelId = "taken" });

        var error = await Should.ThrowAsync<StatusException>(() =>
            UploadAsync(new UploadModelRequest { Model = Onnx("m"), ModelId = "taken" })
        );

        error.Code.ShouldBe(Code.AlreadyExists);
        error.Message.ShouldContain("parent_model");
    }

    [Fact]
    public async Task versions_uploaded_at_once_get_different_numbers()
    {
        var model = (await UploadAsync(new UploadModelRequest { Model = Onnx("m") })).Model;

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => UploadAsync(new UploadModelRequest { Model = Onnx(""), ParentModel = model }))
        );

        responses.Select(r => r.ModelVersionId).Distinct().Count().ShouldBe(12);
    }

    private static Model Onnx(string displayName) =>
        new()
        {
            DisplayName = displayName,
            ArtifactUri = "gs://demo/model",
            ContainerSpec = new ModelContainerSpec { ImageUri = "cairn/onnx:latest" },
        };

    private static FieldMask Mask(params string[] paths) => new() { Paths = { paths } };

    private Task<Model> GetAsync(string name) => Service.GetModel(new GetModelRequest { Name = name }, CapabilityHost.Call());

    private Task<UploadModelResponse> UploadAsync(UploadModelRequest request)
    {
        if (request.Parent.Length == 0)
        {
            request.Parent = CapabilityHost.Parent;
        }

        return _host.ResponseAsync<UploadModelResponse>(Service.UploadModel(request, CapabilityHost.Call()));
    }
}
