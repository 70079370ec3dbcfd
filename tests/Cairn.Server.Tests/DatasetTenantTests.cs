using System.Net;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Server.Tests;

/// <summary>
/// The boundary between projects where data sets are: neither their names nor the addresses in them reach into another project.
/// </summary>
public sealed class DatasetTenantTests : IAsyncLifetime
{
    private const string Location = "projects/theirs/locations/us-central1";
    private const string Text = "gs://google-cloud-aiplatform/schema/dataset/metadata/text_1.0.0.yaml";
    private const string Import =
        "gs://google-cloud-aiplatform/schema/dataset/ioformat/image_classification_single_label_io_format_1.0.0.yaml";

    private readonly ScratchDirectory _scratch = new();
    private readonly List<RestClient> _clients = [];
    private CairnServer _server = null!;
    private RestClient _root = null!;
    private RestClient _owner = null!;
    private RestClient _stranger = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await CairnServer.StartAsync(RunningServer.Options(_scratch["data"]) with { Authentication = true });
        _root = Client(await RunningServer.AdministratorAsync(_scratch["data"]));
        _owner = await TokenAsync("theirs");
        _stranger = await TokenAsync("mine");
        await _root.CreateBucketAsync("theirs-bucket", "theirs");
        await _root.CreateBucketAsync("mine-bucket", "mine");
        await _root.UploadAsync("theirs-bucket", "table.csv", "a\n1\n"u8.ToArray());
        await _root.UploadAsync("theirs-bucket", "texts.csv", "good,happy\n"u8.ToArray());
        await _root.UploadAsync("mine-bucket", "images.csv", "gs://theirs-bucket/table.csv,daisy\n"u8.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(static client => client.Dispose());
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task a_token_of_one_project_does_nothing_with_the_data_sets_of_another()
    {
        var dataset = await CreateAsync(_owner, "theirs", Text, null);
        var imported = new
        {
            importConfigs = new[]
            {
                new
                {
                    gcsSource = new { uris = new[] { "gs://theirs-bucket/texts.csv" } },
                    importSchemaUri = Import.Replace("image", "text", StringComparison.Ordinal),
                },
            },
        };
        await _owner.OperateAsync($"/v1/{dataset}:import", imported);
        var item = (string)(await _owner.GetAsync($"/v1/{dataset}/dataItems"))["dataItems"]![0]!["name"]!;
        var spec = (string)(await _owner.GetAsync($"/v1/{item}/annotations"))["annotations"]![0]!["payload"]!["annotationSpecId"]!;
        var calls = new (HttpMethod Method, string Path, object? Body)[]
        {
            (HttpMethod.Get, $"/v1/{Location}/datasets", null),
            (HttpMethod.Post, $"/v1/{Location}/datasets", new { displayName = "planted", metadataSchemaUri = Text }),
            (HttpMethod.Get, $"/v1/{dataset}", null),
            (HttpMethod.Patch, $"/v1/{dataset}?updateMask=displayName", new { displayName = "taken" }),
            (HttpMethod.Get, $"/v1/{dataset}/dataItems", null),
            (HttpMethod.Get, $"/v1/{dataset}:searchDataItems", null),
            (HttpMethod.Get, $"/v1/{item}/annotations", null),
            (HttpMethod.Get, $"/v1/{dataset}/annotationSpecs/{spec}", null),
            (HttpMethod.Post, $"/v1/{dataset}:import", imported),
            (
                HttpMethod.Post,
                $"/v1/{dataset}:export",
                new { exportConfig = new { gcsDestination = new { outputUriPrefix = "gs://theirs-bucket/out" } } }
            ),
            (HttpMethod.Delete, $"/v1/{dataset}", null),
        };
        foreach (var (method, path, body) in calls)
        {
            (await _stranger.TrySendAsync(method, path, body)).Status.ShouldBe(HttpStatusCode.Forbidden, $"{method} {path}");
        }

        foreach (var (method, path, body) in calls)
        {
            (await _owner.TrySendAsync(method, path, body)).Status.ShouldBe(HttpStatusCode.OK, $"{method} {path}");
        }
    }

    [Fact]
    public async Task the_addresses_of_a_data_set_stay_in_its_project()
    {
        var table = new { inputConfig = new { gcsSource = new { uri = new[] { "gs://theirs-bucket/table.csv" } } } };
        var body = new
        {
            displayName = "d",
            metadataSchemaUri = Text.Replace("text", "tabular", StringComparison.Ordinal),
            metadata = table,
        };
        (await _stranger.TrySendAsync(HttpMethod.Post, "/v1/projects/mine/locations/us-central1/datasets", body)).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );

        var images = await CreateAsync(_stranger, "mine", Text.Replace("text", "image", StringComparison.Ordinal), null);
        (await _stranger.TrySendAsync(HttpMethod.Post, $"/v1/{images}:import", Config("gs://theirs-bucket/texts.csv"))).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (
            await _stranger.TrySendAsync(
                HttpMethod.Post,
                $"/v1/{images}:export",
                new { exportConfig = new { gcsDestination = new { outputUriPrefix = "gs://theirs-bucket/out" } } }
            )
        ).Status.ShouldBe(HttpStatusCode.Forbidden);
        var operation = await _stranger.PostAsync($"/v1/{images}:import", Config("gs://mine-bucket/images.csv"));
        await Poll.UntilAsync(
            async () => (bool?)(operation = await _stranger.GetAsync($"/v1/{(string)operation["name"]!}"))["done"] == true,
            "the import to end"
        );
        ((string)operation["error"]!["message"]!).ShouldContain(
            "The bucket 'theirs-bucket' (of 'gs://theirs-bucket/table.csv') is not of the project 'mine'"
        );

        static object Config(string uri) =>
            new { importConfigs = new[] { new { gcsSource = new { uris = new[] { uri } }, importSchemaUri = Import } } };
    }

    private static async Task<string> CreateAsync(RestClient client, string project, string schema, object? metadata) =>
        (string)
            (
                await client.PostAsync(
                    $"/v1/projects/{project}/locations/us-central1/datasets",
                    new
                    {
                        displayName = "d",
                        metadataSchemaUri = schema,
                        metadata,
                    }
                )
            )["response"]!["name"]!;

    private async Task<RestClient> TokenAsync(string project) =>
        Client(
            (string)
                (
                    await _root.PostAsync(
                        "/cairn/v1/tokens",
                        new
                        {
                            name = project,
                            project,
                            role = "editor",
                        }
                    )
                )["token"]!
        );

    private RestClient Client(string token)
    {
        var client = new RestClient(_server.HttpUrl.ToString().TrimEnd('/'), token);
        _clients.Add(client);
        return client;
    }
}
