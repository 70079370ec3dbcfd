namespace Cairn.Cli.Tests;

public sealed class DatasetTests(OpenServer server) : IClassFixture<OpenServer>
{
    [Fact]
    public async Task a_data_set_is_made_imported_into_exported_and_deleted()
    {
        using var files = new Testing.ScratchDirectory();
        await File.WriteAllTextAsync(files["table.csv"], "n,label\n1,a\n2,b\n");
        await File.WriteAllTextAsync(files["texts.csv"], "good,happy\nbad,sad\n");
        (await server.CairnAsync("storage", "mb", "gs://data-sets")).ShouldWork();
        (await server.CairnAsync("storage", "cp", files["table.csv"], files["texts.csv"], "gs://data-sets/")).ShouldWork();

        var table = (
            await server.CairnAsync(
                "datasets",
                "create",
                "--display-name=table",
                "--gcs-source=gs://data-sets/table.csv",
                "--labels=team=birds",
                "--format=value(name:id)"
            )
        )
            .ShouldWork()
            .Trim();
        (await server.CairnAsync("datasets", "list", "--filter=labels.team=\"birds\"", "--format=value(displayName,metadataSchemaUri:id)"))
            .ShouldWork()
            .ShouldBe("table\ttabular_1.0.0.yaml\n");
        var exported = (
            await server.CairnAsync("datasets", "export", table, "--output=gs://data-sets/out", "--format=value(exportedFiles)")
        )
            .ShouldWork()
            .Trim();
        (await server.CairnAsync("storage", "cat", exported)).ShouldWork().ShouldBe("n,label\n1,a\n2,b\n");
        (await server.CairnAsync("datasets", "export", table, "--output=gs://data-sets/out", "--split=0.5,0.5")).Code.ShouldBe(2);

        var texts = (await server.CairnAsync("datasets", "create", "--display-name=texts", "--type=text", "--format=value(name:id)"))
            .ShouldWork()
            .Trim();
        (
            await server.CairnAsync(
                "datasets",
                "import",
                texts,
                "--gcs-source=gs://data-sets/texts.csv",
                "--import-schema=text_classification_single_label"
            )
        ).ShouldWork();
        (await server.CairnAsync("datasets", "describe", texts, "--format=value(dataItemCount)")).ShouldWork().ShouldBe("2\n");
        (
            await server.CairnAsync(
                "datasets",
                "import",
                texts,
                "--gcs-source=gs://data-sets/none.csv",
                "--import-schema=text_classification_single_label"
            )
        ).ShouldFail("There is no object", "none.csv");

        (await server.CairnAsync("datasets", "delete", texts)).ShouldWork();
        (await server.CairnAsync("datasets", "delete", table)).ShouldWork();
        (await server.CairnAsync("datasets", "list", "--format=value(name)")).ShouldWork().ShouldBeEmpty();
    }
}
