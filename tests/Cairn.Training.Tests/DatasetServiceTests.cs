using System.Text.Json.Nodes;

namespace Cairn.Training.Tests;

public sealed class DatasetServiceTests
{
    private const string Use = "aiplatform.googleapis.com/ml_use";

    [Fact]
    public async Task a_data_set_is_made_found_changed_and_deleted()
    {
        await using var server = await TrainingServer.StartAsync();
        var name = await server.CreateTableAsync("gs://trained/a.csv", "gs://trained/b/*.csv");
        var dataset = await server.GetAsync("/v1/" + name);
        ((string?)dataset["metadata"]!["inputConfig"]!["gcsSource"]!["uri"]![1]).ShouldBe("gs://trained/b/*.csv");
        ((string?)dataset["labels"]!["aiplatform.googleapis.com/dataset_metadata_schema"]).ShouldBe("TABLE");
        var artifact = await server.GetAsync("/v1/" + (string)dataset["metadataArtifact"]!);
        ((string?)artifact["schemaTitle"]).ShouldBe("google.VertexDataset");
        ((string?)artifact["metadata"]!["resourceName"]).ShouldBe(name);

        (await server.GetAsync($"{TrainingServer.Location}/datasets?filter=display_name=tab"))["datasets"]!
            .AsArray()
            .ShouldHaveSingleItem();
        (await server.GetAsync($"{TrainingServer.Location}/datasets?filter=display_name=other"))["datasets"].ShouldBeNull();
        var changed = await server.PatchAsync(
            $"/v1/{name}?updateMask=displayName,labels",
            new JsonObject
            {
                ["displayName"] = "renamed",
                ["labels"] = new JsonObject { ["team"] = "birds" },
            }
        );
        ((string?)changed["displayName"]).ShouldBe("renamed");
        changed["labels"]!.AsObject().Count.ShouldBe(2);
        ((string?)(await server.GetAsync("/v1/" + (string)dataset["metadataArtifact"]!))["displayName"]).ShouldBe("renamed");

        (await server.DeleteAsync("/v1/" + name)).ShouldBe(200);
        (await server.DeleteAsync("/v1/" + name)).ShouldBe(404);
    }

    [Fact]
    public async Task what_is_no_data_set_is_refused_with_a_sentence()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.PostAsync("/storage/v1/b?project=other", new JsonObject { ["name"] = "others" });
        await RefusedAsync(501, "BigQuery", """{"inputConfig": {"bigquerySource": {"uri": "bq://demo.ds.t"}}}""");
        await RefusedAsync(400, "inputConfig", "null");
        await RefusedAsync(400, "gcsSource", """{"inputConfig": {"gcsSource": {"uri": []}}}""");
        await RefusedAsync(400, "gs://bucket", """{"inputConfig": {"gcsSource": {"uri": ["/etc/passwd"]}}}""");
        await RefusedAsync(404, "nowhere", """{"inputConfig": {"gcsSource": {"uri": ["gs://nowhere/a.csv"]}}}""");
        await RefusedAsync(403, "others", """{"inputConfig": {"gcsSource": {"uri": ["gs://others/a.csv"]}}}""");
        await RefusedAsync(501, "metadata_schema_uri", "null", "gs://google-cloud-aiplatform/schema/dataset/metadata/graph_1.0.0.yaml");
        await RefusedAsync(400, "metadata_schema_uri", "null", "");

        async Task RefusedAsync(
            int status,
            string word,
            string metadata,
            string schema = "gs://google-cloud-aiplatform/schema/dataset/metadata/tabular_1.0.0.yaml"
        )
        {
            var (code, answer) = await server.TryPostAsync(
                $"{TrainingServer.Location}/datasets",
                new JsonObject
                {
                    ["displayName"] = "d",
                    ["metadataSchemaUri"] = schema,
                    ["metadata"] = JsonNode.Parse(metadata),
                }
            );
            code.ShouldBe(status, answer.ToJsonString());
            ((string)answer["error"]!["message"]!).ShouldContain(word);
        }
    }

    [Fact]
    public async Task images_are_imported_from_both_notations_and_importing_again_changes_nothing()
    {
        await using var server = await TrainingServer.StartAsync();
        foreach (var image in (string[])["a.png", "b.png", "c.png"])
        {
            await server.UploadAsync(image, [1, 2, 3]);
        }

        await server.UploadAsync("one.csv", "TRAINING,gs://trained/a.png,daisy\ngs://trained/b.png,rose\n");
        await server.UploadAsync(
            "two.jsonl",
            """
            {"imageGcsUri": "gs://trained/b.png", "classificationAnnotation": {"displayName": "rose"}, "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": "test"}}
            {"imageGcsUri": "gs://trained/c.png", "classificationAnnotation": {"displayName": "daisy", "annotationResourceLabels": {"env": "prod"}}}
            """
        );
        var dataset = await server.CreateItemsAsync("image");
        (await server.ImportAsync(dataset, "image_classification_single_label", "gs://trained/one.csv"))["error"].ShouldBeNull();
        for (var i = 0; i < 2; i++)
        {
            (await server.ImportAsync(dataset, "image_classification_single_label", "gs://trained/*.jsonl"))["error"].ShouldBeNull();
        }

        ((string?)(await server.GetAsync("/v1/" + dataset))["dataItemCount"]).ShouldBe("3");
        var items = (await server.GetAsync($"/v1/{dataset}/dataItems"))["dataItems"]!.AsArray();
        items.Count.ShouldBe(3);
        var tested = (await server.GetAsync($"/v1/{dataset}/dataItems?filter={Uri.EscapeDataString($"labels.{Use}=test")}"))["dataItems"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        ((string?)tested["payload"]!["imageGcsUri"]).ShouldBe("gs://trained/b.png");
        var annotation = (await server.GetAsync($"/v1/{(string)tested["name"]!}/annotations"))["annotations"]!
            .AsArray()
            .ShouldHaveSingleItem()!;
        ((string?)annotation["payload"]!["displayName"]).ShouldBe("rose");
        (
            (string?)
                (await server.GetAsync($"/v1/{dataset}/annotationSpecs/{(string)annotation["payload"]!["annotationSpecId"]!}"))[
                    "displayName"
                ]
        ).ShouldBe("rose");
        var views = (await server.GetAsync($"/v1/{dataset}:searchDataItems?pageSize=2"))["dataItemViews"]!.AsArray();
        views.Count.ShouldBe(2);
        views.ShouldAllBe(static view => view!["annotations"]!.AsArray().Count == 1);

        var export = await server.OperationAsync(
            $"/v1/{dataset}:export",
            new JsonObject
            {
                ["exportConfig"] = new JsonObject { ["gcsDestination"] = new JsonObject { ["outputUriPrefix"] = "gs://trained/out" } },
            }
        );
        var file = (string)export["response"]!["exportedFiles"]!.AsArray().ShouldHaveSingleItem()!;
        file.ShouldStartWith((string)export["metadata"]!["gcsOutputDirectory"]! + "/image_classification/");
        var lines = (await server.TextAsync(file["gs://trained/".Length..])).TrimEnd().Split('\n');
        lines.Length.ShouldBe(3);
        lines.ShouldContain(
            """{"imageGcsUri":"gs://trained/c.png","classificationAnnotation":{"displayName":"daisy","annotationResourceLabels":{"env":"prod"}},"dataItemResourceLabels":{"batch":"one"}}"""
        );

        (await server.DeleteAsync("/v1/" + dataset)).ShouldBe(200);
        (await server.TryPostAsync($"/v1/{dataset}:import", new JsonObject())).Status.ShouldBe(404);
    }

    [Fact]
    public async Task an_import_with_a_mistake_in_it_changes_nothing()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("a.png", [1]);
        var dataset = await server.CreateItemsAsync("image");
        await FailsAsync("gs://trained/a.png,daisy\ngs://trained/none.png,rose\n", "line 2: there is no object 'gs://trained/none.png'");
        await FailsAsync("gs://trained/a.png,daisy\nhello,rose\n", "line 2: 'hello' is no address");
        await FailsAsync("gs://trained/a.png,daisy,rose\n", "line 1: there are 2 labels");
        await FailsAsync("gs://elsewhere/a.png,daisy\n", "line 1: There is no bucket 'elsewhere'");
        await FailsAsync(
            "{\"imageGcsUri\":\"gs://trained/a.png\",\"dataItemResourceLabels\":{\"" + Use + "\":\"holdout\"}}\n",
            "line 1: the label",
            "m.jsonl"
        );
        await FailsAsync("{\"image\":\"gs://trained/a.png\"}\n", "line 1: the object has no `imageGcsUri`", "m.jsonl");
        ((string?)(await server.GetAsync("/v1/" + dataset))["dataItemCount"]).ShouldBeNull();
        (await server.TryPostAsync($"/v1/{dataset}:import", Config("image_bounding_box"))).Status.ShouldBe(501);
        (await server.TryPostAsync($"/v1/{dataset}:import", Config("text_classification_single_label"))).Status.ShouldBe(400);
        (
            await server.TryPostAsync(
                $"/v1/{await server.CreateTableAsync("gs://trained/a.csv")}:import",
                Config("image_classification_single_label")
            )
        ).Status.ShouldBe(400);

        async Task FailsAsync(string text, string sentence, string name = "m.csv")
        {
            await server.UploadAsync(name, text);
            var operation = await server.ImportAsync(dataset, "image_classification_single_label", "gs://trained/" + name);
            ((string?)operation["error"]?["message"])!.ShouldContain(sentence);
        }

        static JsonObject Config(string format) =>
            new()
            {
                ["importConfigs"] = new JsonArray(
                    new JsonObject
                    {
                        ["gcsSource"] = new JsonObject { ["uris"] = new JsonArray("gs://trained/m.csv") },
                        ["importSchemaUri"] = $"gs://google-cloud-aiplatform/schema/dataset/ioformat/{format}_io_format_1.0.0.yaml",
                    }
                ),
            };
    }

    [Fact]
    public async Task texts_with_several_labels_are_exported_split()
    {
        await using var server = await TrainingServer.StartAsync();
        await server.UploadAsync("texts.csv", string.Concat(Enumerable.Range(0, 200).Select(static i => $"text {i},a{i % 3},b{i % 2}\n")));
        var dataset = await server.CreateItemsAsync("text");
        (await server.ImportAsync(dataset, "text_classification_multi_label", "gs://trained/texts.csv"))["error"].ShouldBeNull();
        var export = await server.OperationAsync(
            $"/v1/{dataset}:export",
            new JsonObject
            {
                ["exportConfig"] = new JsonObject
                {
                    ["gcsDestination"] = new JsonObject { ["outputUriPrefix"] = "gs://trained/out" },
                    ["fractionSplit"] = new JsonObject { ["trainingFraction"] = 0.5 },
                },
            }
        );
        export["error"].ShouldBeNull(export.ToJsonString());
        var stats = export["response"]!["dataStats"]!;
        (Count("training") + Count("validation") + Count("test")).ShouldBe(200);
        Count("training").ShouldBeInRange(60, 140);
        var line = JsonNode.Parse(
            (await server.TextAsync(((string)export["response"]!["exportedFiles"]![0]!)["gs://trained/".Length..])).Split('\n')[0]
        )!;
        line["classificationAnnotations"]!.AsArray().Count.ShouldBe(2);
        ((string?)line["dataItemResourceLabels"]![Use]).ShouldBe("training");

        int Count(string set) => int.Parse((string)stats[set + "DataItemsCount"]!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
