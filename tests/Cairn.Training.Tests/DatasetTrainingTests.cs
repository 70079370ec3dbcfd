using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Training.Tests;

public sealed class DatasetTrainingTests
{
    /// <summary>Reads what the training is given, as the documentation of managed data sets says, and leaves a model.</summary>
    private const string FitTable = """
        import csv, glob, os, joblib
        from sklearn.linear_model import LogisticRegression
        def read(name):
            rows = []
            for path in sorted(glob.glob(os.environ[name].replace('gs://', '/gcs/'))):
                with open(path, newline='') as file:
                    rows += list(csv.DictReader(file))
            return [[float(row['x']), float(row['y, too'])] for row in rows], [row['label'] for row in rows]
        assert os.environ['AIP_DATA_FORMAT'] == 'csv'
        (x, y), (vx, vy), (tx, ty) = read('AIP_TRAINING_DATA_URI'), read('AIP_VALIDATION_DATA_URI'), read('AIP_TEST_DATA_URI')
        model = LogisticRegression().fit(x, y)
        assert model.score(vx, vy) > 0.9 and model.score(tx, ty) > 0.9
        assert len(y) + len(vy) + len(ty) == 2000, (len(y), len(vy), len(ty))
        folder = os.environ['AIP_MODEL_DIR'].replace('gs://', '/gcs/')
        os.makedirs(folder, exist_ok=True)
        joblib.dump(model, os.path.join(folder, 'model.joblib'))
        """;

    [Fact]
    public async Task a_training_on_a_table_reads_its_split_and_its_model_descends_from_the_data_set()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("data/part-1.csv", Table(0, 1_000, header: true));
        await server.UploadAsync("data/part-2.csv", Table(1_000, 1_500, header: false));
        await server.UploadAsync("data/part-3.csv", Table(1_500, 2_000, header: true).Replace("\n", "\r\n", StringComparison.Ordinal));
        var dataset = await server.CreateTableAsync("gs://trained/data/part-*.csv");
        var pipeline = TrainingServer
            .Pipeline(FitTable)
            .WithInput(
                dataset,
                new JsonObject
                {
                    ["fractionSplit"] = new JsonObject
                    {
                        ["trainingFraction"] = 0.8,
                        ["validationFraction"] = 0.1,
                        ["testFraction"] = 0.1,
                    },
                }
            );
        var ended = await server.EndAsync(await server.CreateAsync(pipeline));
        ((string?)ended["state"]).ShouldBe("PIPELINE_STATE_SUCCEEDED", ended.ToJsonString());

        var id = dataset[(dataset.LastIndexOf('/') + 1)..];
        var files = await server.ObjectsAsync(DatasetServer.Exports);
        files.Count.ShouldBe(3);
        files.ShouldAllBe(name =>
            System.Text.RegularExpressions.Regex.IsMatch(
                name,
                $@"^{DatasetServer.Exports}dataset-{id}-tables-\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z/(training|validation|test)-00000-of-00001\.csv$"
            )
        );
        var counts = ended["trainingTaskMetadata"]!["dataItemsCount"]!;
        var sizes = new Dictionary<string, int>();
        foreach (var file in files)
        {
            var lines = (await server.TextAsync(file)).TrimEnd('\n').Split('\n');
            lines[0].ShouldBe("x,\"y, too\",label");
            sizes[file[(file.LastIndexOf('/') + 1)..file.LastIndexOf("-0", StringComparison.Ordinal)].Split('-')[0]] = lines.Length - 1;
        }

        sizes["training"].ShouldBeInRange(1_500, 1_700);
        ((int)counts["training"]!).ShouldBe(sizes["training"]);
        ((int)counts["test"]!).ShouldBe(sizes["test"]);
        var model = await server.GetAsync("/v1/" + (string)ended["modelToUpload"]!["name"]!);
        ((string?)model["dataStats"]!["trainingDataItemsCount"]).ShouldBe(sizes["training"].ToString(CultureInfo.InvariantCulture));
        var job = await server.GetAsync("/v1/" + (string)ended["trainingTaskMetadata"]!["backingCustomJob"]!);
        var environment = job["jobSpec"]!["workerPoolSpecs"]![0]!["containerSpec"]!["env"]!
            .AsArray()
            .ToDictionary(static v => (string)v!["name"]!, static v => (string)v!["value"]!);
        environment["AIP_VALIDATION_DATA_URI"].ShouldStartWith($"gs://trained/{DatasetServer.Exports}dataset-{id}-tables-");
        environment["AIP_VALIDATION_DATA_URI"].ShouldEndWith("/validation-*.csv");

        var artifact = (string)(await server.GetAsync("/v1/" + dataset))["metadataArtifact"]!;
        var graph = await server.GetAsync($"/v1/{artifact}:queryArtifactLineageSubgraph");
        graph["artifacts"]!.AsArray().Select(static node => (string)node!["schemaTitle"]!).ShouldContain("google.VertexModel");
        graph["events"]!
            .AsArray()
            .ShouldContain(e =>
                (string?)e!["artifact"] == artifact
                && (string?)e["type"] == "INPUT"
                && ((string)e["execution"]!).Contains("custom-job-", StringComparison.Ordinal)
            );

        // Training again on the same rows in another order, with more of them, moves none.
        await server.UploadAsync(
            "again.csv",
            "x,\"y, too\",label\n" + string.Join('\n', Table(0, 2_500, header: false).TrimEnd('\n').Split('\n').Reverse())
        );
        var first = await RowsAsync(server, files.Single(static file => file.Contains("/test-", StringComparison.Ordinal)));
        var second = await RowsAsync(
            server,
            (
                await ExportAsync(
                    server,
                    await server.CreateTableAsync("gs://trained/again.csv"),
                    new JsonObject { ["fractionSplit"] = new JsonObject() }
                )
            ).Single(static file => file.Contains("/test-", StringComparison.Ordinal))
        );
        second.ShouldBeSubsetOf(Table(0, 2_500, header: false).Split('\n'));
        first.Except(second).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_table_is_split_by_what_its_columns_say()
    {
        await using var server = await TrainingServer.StartAsync();
        var text = new StringBuilder("id,at,use,kind\n");
        for (var i = 0; i < 200; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{i},2024-01-{1 + (i / 10):00}T{i % 10:00}:00:00Z,{(i % 4) switch { 0 => "TRAIN", 1 => "validation", 2 => "Test", _ => "" }},{(i < 20 ? "rare" : "common")}\n"
            );
        }

        await server.UploadAsync("table.csv", text.ToString());
        var dataset = await server.CreateTableAsync("gs://trained/table.csv");

        var predefined = await SetsAsync(server, dataset, new JsonObject { ["predefinedSplit"] = new JsonObject { ["key"] = "use" } });
        predefined.Select(static set => set.Count).ShouldBe([50, 50, 50]);
        predefined[1].ShouldAllBe(static row => row.Contains(",validation,", StringComparison.Ordinal));

        var byTime = await SetsAsync(
            server,
            dataset,
            new JsonObject
            {
                ["timestampSplit"] = new JsonObject { ["key"] = "at", ["trainingFraction"] = 0.5 },
            }
        );
        byTime.Select(static set => set.Count).ShouldBe([100, 50, 50]);
        byTime[0].Select(Id).Max().ShouldBe(99);
        byTime[2].Select(Id).Min().ShouldBe(150);

        var byStratum = await SetsAsync(server, dataset, new JsonObject { ["stratifiedSplit"] = new JsonObject { ["key"] = "kind" } });
        byStratum.Select(static set => set.Count(static row => row.EndsWith(",rare", StringComparison.Ordinal))).ShouldBe([16, 2, 2]);
        byStratum.Select(static set => set.Count).ShouldBe([160, 20, 20]);

        static int Id(string row) => int.Parse(row[..row.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task json_lines_are_split_and_written_as_they_stand()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("rows/a.jsonl", "{\"use\": \"training\", \"n\": [1, 2]}\n\n{\"use\":\"test\"}\n{\"n\":3}\n");
        var files = await ExportAsync(
            server,
            await server.CreateTableAsync("gs://trained/rows/"),
            new JsonObject { ["predefinedSplit"] = new JsonObject { ["key"] = "use" } }
        );
        files.ShouldAllBe(static file => file.EndsWith("-00000-of-00001.jsonl", StringComparison.Ordinal));
        (await server.TextAsync(files.Single(static file => file.Contains("/training-", StringComparison.Ordinal)))).ShouldBe(
            "{\"use\": \"training\", \"n\": [1, 2]}\n"
        );
        (await server.TextAsync(files.Single(static file => file.Contains("/validation-", StringComparison.Ordinal)))).ShouldBeEmpty();
    }

    [Fact]
    public async Task items_are_exported_with_the_annotations_asked_for_to_the_sets_that_filters_say()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync(
            "texts.csv",
            "training,\"good, really\",happy\nvalidation,awful,sad\ntest,fine,happy\n,unassigned text,happy\ntraining,no label\n"
        );
        var dataset = await server.CreateItemsAsync("text");
        (await server.ImportAsync(dataset, "text_classification_single_label", "gs://trained/texts.csv"))["error"].ShouldBeNull();
        var files = await ExportAsync(
            server,
            dataset,
            new JsonObject
            {
                ["annotationSchemaUri"] = "gs://google-cloud-aiplatform/schema/dataset/annotation/text_classification_1.0.0.yaml",
                ["filterSplit"] = new JsonObject
                {
                    ["trainingFilter"] = "labels.aiplatform.googleapis.com/ml_use=training",
                    ["validationFilter"] = "labels.aiplatform.googleapis.com/ml_use=\"validation\"",
                    ["testFilter"] = "-",
                },
            }
        );
        files.ShouldAllBe(static file => file.Contains("-text_classification-", StringComparison.Ordinal));
        var training = JsonNode.Parse(
            await server.TextAsync(files.Single(static file => file.Contains("/training-", StringComparison.Ordinal)))
        )!;
        training
            .ToJsonString()
            .ShouldBe(
                """{"textContent":"good, really","classificationAnnotation":{"displayName":"happy"},"dataItemResourceLabels":{"aiplatform.googleapis.com/ml_use":"training","batch":"one"}}"""
            );
        (await server.TextAsync(files.Single(static file => file.Contains("/validation-", StringComparison.Ordinal)))).ShouldContain(
            "awful"
        );
        (await server.TextAsync(files.Single(static file => file.Contains("/test-", StringComparison.Ordinal)))).ShouldBeEmpty();
    }

    [Fact]
    public async Task on_postgresql_a_table_and_items_are_exported_alike()
    {
        Assert.SkipWhen(PostgresServer.Find() is null, "PostgreSQL is not installed.");
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await TrainingServer.StartAsync("--store", await postgres.CreateDatabaseAsync());
        await server.UploadAsync("table.csv", "a,use\n1,training\n2,test\n");
        var table = await ExportAsync(
            server,
            await server.CreateTableAsync("gs://trained/table.csv"),
            new JsonObject { ["predefinedSplit"] = new JsonObject { ["key"] = "use" } }
        );
        (await server.TextAsync(table.Single(static file => file.Contains("/test-", StringComparison.Ordinal)))).ShouldBe(
            "a,use\n2,test\n"
        );

        await server.UploadAsync("texts.csv", "training,good,happy\ntest,bad,sad\n");
        var texts = await server.CreateItemsAsync("text");
        for (var i = 0; i < 2; i++)
        {
            (await server.ImportAsync(texts, "text_classification_single_label", "gs://trained/texts.csv"))["error"].ShouldBeNull();
        }

        var files = await ExportAsync(
            server,
            texts,
            new JsonObject
            {
                ["annotationSchemaUri"] = "gs://google-cloud-aiplatform/schema/dataset/annotation/text_classification_1.0.0.yaml",
                ["filterSplit"] = new JsonObject
                {
                    ["trainingFilter"] = "labels.aiplatform.googleapis.com/ml_use=training",
                    ["validationFilter"] = "-",
                    ["testFilter"] = "labels.aiplatform.googleapis.com/ml_use=test",
                },
            }
        );
        (await server.TextAsync(files.Single(static file => file.Contains("/test-", StringComparison.Ordinal)))).ShouldContain("sad");
        (await server.DeleteAsync("/v1/" + texts)).ShouldBe(200);
    }

    /// <summary>DatasetServer.Exports by way of a training, whose job is then not waited for; the names of the files.</summary>
    private static async Task<List<string>> ExportAsync(TrainingServer server, string dataset, JsonObject more)
    {
        var name = await server.CreateAsync(TrainingServer.Pipeline("print()", upload: false).WithInput(dataset, more));
        JsonNode pipeline = null!;
        await Poll.UntilAsync(
            async () =>
            {
                pipeline = await server.GetAsync("/v1/" + name);
                return pipeline["trainingTaskMetadata"]?["backingCustomJob"] is not null || pipeline["error"] is not null;
            },
            "the data to be exported"
        );
        pipeline["error"].ShouldBeNull(pipeline.ToJsonString());
        await server.PostAsync($"/v1/{name}:cancel", []);
        return await server.ObjectsAsync($"{DatasetServer.Exports}dataset-{dataset[(dataset.LastIndexOf('/') + 1)..]}-");
    }

    /// <summary>The rows of training, validation and test.</summary>
    private static async Task<List<List<string>>> SetsAsync(TrainingServer server, string dataset, JsonObject split)
    {
        var before = await server.ObjectsAsync(DatasetServer.Exports);
        var files = (await ExportAsync(server, dataset, split)).Except(before).ToList();
        var sets = new List<List<string>>();
        foreach (var set in (string[])["/training-", "/validation-", "/test-"])
        {
            sets.Add(await RowsAsync(server, files.Single(file => file.Contains(set, StringComparison.Ordinal))));
        }

        return sets;
    }

    private static async Task<List<string>> RowsAsync(TrainingServer server, string file) =>
        [.. (await server.TextAsync(file)).TrimEnd('\n').Split('\n').Skip(1)];

    /// <summary>Two clouds of points that a line divides.</summary>
    private static string Table(int from, int to, bool header)
    {
        var text = new StringBuilder(header ? "x,\"y, too\",label\n" : "");
        for (var i = from; i < to; i++)
        {
            var label = i % 2;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(i * 0.0001) + label:0.0000},{Math.Sin(i) + (label * 6):0.0000},{(label == 0 ? "left" : "\"right\"")}\n"
            );
        }

        return text.ToString();
    }
}
