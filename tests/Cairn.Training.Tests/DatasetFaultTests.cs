using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Training.Tests;

/// <summary>Trainings on data sets whose export cannot be, is cancelled, or loses its server.</summary>
public sealed class DatasetFaultTests
{
    [Fact]
    public async Task data_that_cannot_be_exported_fails_the_training_with_a_sentence()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("bad/ragged.csv", "a,b\n1,2\n3\n");
        await server.UploadAsync("bad/quote.csv", "a,b\n1,\"2\n");
        await server.UploadAsync("bad/use.csv", "a,use\n1,training\n2,holdout\n");
        await server.UploadAsync("bad/empty.csv", "a,b\n");
        await server.UploadAsync("bad/rows.jsonl", "{\"a\":1}\n[1]\n");
        await FailsAsync("gs://trained/none.csv", "There is no object 'gs://trained/none.csv'.");
        await FailsAsync("gs://trained/none-*.csv", "There is no object 'gs://trained/none-*.csv'.");
        await FailsAsync(
            "gs://trained/bad/ragged.csv",
            "gs://trained/bad/ragged.csv, line 3: the record has 1 fields; the header has 2 columns."
        );
        await FailsAsync(
            "gs://trained/bad/quote.csv",
            "gs://trained/bad/quote.csv, line 2: a field in double quotes begins in this record and does not end."
        );
        await FailsAsync(
            "gs://trained/bad/use.csv",
            "gs://trained/bad/use.csv, line 3: The column 'use' has 'holdout'; it must be training, validation or test",
            new JsonObject { ["predefinedSplit"] = new JsonObject { ["key"] = "use" } }
        );
        await FailsAsync(
            "gs://trained/bad/ragged.csv",
            "The data set has no column 'missing'; it has 'a', 'b'.",
            new JsonObject { ["stratifiedSplit"] = new JsonObject { ["key"] = "missing" } }
        );
        await FailsAsync("gs://trained/bad/empty.csv", "has none");
        await FailsAsync("gs://trained/bad/rows.jsonl", "gs://trained/bad/rows.jsonl, line 2: the line is no JSON object.");
        await FailsAsync("gs://trained/bad/", "JSON Lines and CSV files");
        (await server.ObjectsAsync(DatasetServer.Exports)).ShouldBeEmpty();
        (await server.GetAsync($"{TrainingServer.Location}/customJobs"))["customJobs"].ShouldBeNull();

        async Task FailsAsync(string uri, string sentence, JsonObject? split = null)
        {
            var pipeline = TrainingServer.Pipeline("print()", upload: false).WithInput(await server.CreateTableAsync(uri), split);
            var ended = await server.EndAsync(await server.CreateAsync(pipeline));
            ((string?)ended["state"]).ShouldBe("PIPELINE_STATE_FAILED");
            ((string)ended["error"]!["message"]!).ShouldStartWith("The data could not be exported: ");
            ((string)ended["error"]!["message"]!).ShouldContain(sentence);
        }
    }

    [Fact]
    public async Task what_no_export_could_do_is_refused_at_once()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.PostAsync("/storage/v1/b?project=other", new JsonObject { ["name"] = "others" });
        var dataset = await server.CreateTableAsync("gs://trained/table.csv");
        await RefusedAsync(404, "Dataset", static input => input["datasetId"] = "12345");
        await RefusedAsync(400, "dataset_id", static input => input.Remove("datasetId"));
        await RefusedAsync(400, "gcs_destination", static input => input.Remove("gcsDestination"));
        await RefusedAsync(
            501,
            "bigquery_destination",
            static input =>
            {
                input.Remove("gcsDestination");
                input["bigqueryDestination"] = new JsonObject { ["outputUri"] = "bq://demo" };
            }
        );
        await RefusedAsync(501, "saved_query_id", static input => input["savedQueryId"] = "1");
        await RefusedAsync(
            400,
            "sums to 1.5",
            static input => input["fractionSplit"] = new JsonObject { ["trainingFraction"] = 0.8, ["testFraction"] = 0.7 }
        );
        await RefusedAsync(400, "predefined_split.key", static input => input["predefinedSplit"] = new JsonObject());
        await RefusedAsync(
            400,
            "filter_split",
            static input =>
                input["filterSplit"] = new JsonObject
                {
                    ["trainingFilter"] = "-",
                    ["validationFilter"] = "-",
                    ["testFilter"] = "-",
                }
        );
        await RefusedAsync(
            400,
            "annotation_schema_uri",
            static input =>
                input["annotationSchemaUri"] = "gs://google-cloud-aiplatform/schema/dataset/annotation/image_classification_1.0.0.yaml"
        );
        await RefusedAsync(
            403,
            "others",
            static input => input["gcsDestination"] = new JsonObject { ["outputUriPrefix"] = "gs://others/x" }
        );
        (await server.GetAsync($"{TrainingServer.Location}/trainingPipelines"))["trainingPipelines"].ShouldBeNull();

        async Task RefusedAsync(int status, string word, Action<JsonObject> spoil)
        {
            var pipeline = TrainingServer.Pipeline("print()", upload: false).WithInput(dataset);
            spoil(pipeline["inputDataConfig"]!.AsObject());
            var (code, answer) = await server.TryPostAsync($"{TrainingServer.Location}/trainingPipelines", pipeline);
            code.ShouldBe(status, answer.ToJsonString());
            ((string)answer["error"]!["message"]!).ShouldContain(word);
        }
    }

    [Fact]
    public async Task an_export_that_is_cancelled_leaves_nothing()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("large.csv", Large(1_000_000));
        var blobs = Blobs(server);
        var name = await server.CreateAsync(
            TrainingServer.Pipeline("print()", upload: false).WithInput(await server.CreateTableAsync("gs://trained/large.csv"))
        );
        await Poll.UntilAsync(() => Task.FromResult(Blobs(server) > blobs), "the export to write", TimeSpan.FromSeconds(30));
        await server.PostAsync($"/v1/{name}:cancel", []);
        ((string?)(await server.GetAsync("/v1/" + name))["state"]).ShouldBe("PIPELINE_STATE_CANCELLED");
        await Poll.UntilAsync(() => Task.FromResult(Blobs(server) == blobs), "what was written to be deleted", TimeSpan.FromSeconds(60));
        (await server.ObjectsAsync(DatasetServer.Exports)).ShouldBeEmpty();
        (await server.GetAsync($"{TrainingServer.Location}/customJobs"))["customJobs"].ShouldBeNull();
        (await server.DeleteAsync("/v1/" + name)).ShouldBe(200);
    }

    [Fact]
    public async Task a_server_that_is_killed_while_it_exports_exports_once_and_starts_one_job()
    {
        const int rows = 1_000_000;
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("large.csv", Large(rows));
        var blobs = Blobs(server);
        var dataset = await server.CreateTableAsync("gs://trained/large.csv");
        var name = await server.CreateAsync(
            TrainingServer
                .Pipeline("print()", upload: false)
                .WithInput(dataset, new JsonObject { ["stratifiedSplit"] = new JsonObject { ["key"] = "kind" } })
        );
        await Poll.UntilAsync(() => Task.FromResult(Blobs(server) > blobs), "the export to write", TimeSpan.FromSeconds(60));
        server.Process.Kill();
        await server.Process.RestartAsync();
        (await server.ObjectsAsync(DatasetServer.Exports)).ShouldBeEmpty("the server was killed too late");
        var ended = await server.EndAsync(name);
        ((string?)ended["state"]).ShouldBe("PIPELINE_STATE_SUCCEEDED", ended.ToJsonString());
        (await server.GetAsync($"{TrainingServer.Location}/customJobs"))["customJobs"]!.AsArray().ShouldHaveSingleItem();
        var files = await server.ObjectsAsync(DatasetServer.Exports);
        files.Count.ShouldBe(3);
        long exported = 0;
        foreach (var file in files)
        {
            exported += (await server.TextAsync(file)).AsSpan().Count('\n') - 1;
        }

        exported.ShouldBe(rows);
    }

    private static string Large(int rows)
    {
        var text = new StringBuilder("id,kind,value\n");
        for (var i = 0; i < rows; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},k{i % 7},some text that makes the row a little longer {i * 31}\n");
        }

        return text.ToString();
    }

    /// <summary>The files of the blob store, finished or not.</summary>
    private static int Blobs(TrainingServer server) =>
        Directory.EnumerateFiles(Path.Combine(server.Process.Data, "objects"), "*", SearchOption.AllDirectories).Count();
}
