using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

/// <summary>Jobs that are not in Python: by the image's name, with the machine's own R and .NET.</summary>
public sealed class LanguageTests(Server server)
{
    private const string RImage = "us-docker.pkg.dev/vertex-ai/training/r-cpu.4-2:latest";
    private const string RServing = "us-docker.pkg.dev/vertex-ai/prediction/r-cpu.4-2:latest";

    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_script_in_r_trains_saves_its_model_and_is_served()
    {
        if (!File.Exists("/usr/bin/Rscript"))
        {
            Assert.Skip("R is not installed (Debian: r-base-core, r-cran-jsonlite).");
        }

        await _client.UploadAsync("r/data.csv", "size,price\n1,3\n2,5\n3,7\n4,9\n"u8.ToArray());
        await _client.UploadAsync(
            "r/train.R",
            Encoding.UTF8.GetBytes(
                $$"""
                options <- commandArgs(trailingOnly = TRUE)
                data <- read.csv("/gcs/{{JobsClient.Bucket}}/r/data.csv")
                model <- lm(as.formula(options[1]), data)
                cat("trained with", nrow(data), "rows\n")
                folder <- sub("gs://", "/gcs/", Sys.getenv("AIP_MODEL_DIR"), fixed = TRUE)
                dir.create(folder, recursive = TRUE)
                saveRDS(model, file.path(folder, "model.rds"))
                """
            )
        );
        var job = JobsClient.Container(RImage, ["Rscript", $"/gcs/{JobsClient.Bucket}/r/train.R"], ["price ~ size"]);
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out/r" };

        (await _client.OutputAsync(job)).ShouldBe(["trained with 4 rows"]);

        using var rest = new RestClient(server.Process.Http);
        var endpoint = await rest.ServeAsync($"gs://{JobsClient.Bucket}/out/r/model", RServing);
        var predictions = JsonNode.Parse(await rest.PredictAsync(endpoint, """[{"size": 10}, {"size": 0}]"""))!.AsArray();
        predictions.Select(value => Math.Round((double)value!, 6)).ShouldBe([21, 1]);
    }

    [Fact]
    public async Task an_error_in_r_is_the_jobs_reason()
    {
        if (!File.Exists("/usr/bin/Rscript"))
        {
            Assert.Skip("R is not installed (Debian: r-base-core, r-cran-jsonlite).");
        }

        var ended = await _client.RunAsync(JobsClient.Container(RImage, ["Rscript", "-e"], ["library(noSuchPackage)"]));

        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        ((string)ended["error"]!["message"]!).ShouldContain("noSuchPackage");
    }

    [Fact]
    public async Task a_program_in_dotnet_trains_and_saves_its_model()
    {
        await _client.UploadAsync(
            "net/train.cs",
            """"
            #:property PublishAot=false
            double[] x = [1, 2, 3], y = [2, 4, 6];
            var slope = x.Zip(y, (a, b) => a * b).Sum() / x.Sum(a => a * a);
            var folder = Environment.GetEnvironmentVariable("AIP_MODEL_DIR")!.Replace("gs://", "/gcs/");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "model.json"), $$"""{"slope": {{slope}}}""");
            Console.WriteLine($"trained for {args[0]}");
            """"u8.ToArray()
        );
        var job = JobsClient.Container(
            "mcr.microsoft.com/dotnet/sdk:10.0",
            ["dotnet", "run", $"/gcs/{JobsClient.Bucket}/net/train.cs", "--"],
            ["you"]
        );
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out/net" };

        (await _client.OutputAsync(job)).ShouldContain("trained for you");

        (await _client.DownloadAsync("out/net/model/model.json")).ShouldBe("""{"slope": 2}""");
    }

    [Fact]
    public async Task an_image_of_r_takes_no_python_package()
    {
        var job = JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/trainer.tar.gz"]);
        job["jobSpec"]!["workerPoolSpecs"]![0]!["pythonPackageSpec"]!["executorImageUri"] = "mcr.microsoft.com/dotnet/sdk:10.0";

        (await _client.RefusalAsync(job)).Message.ShouldContain("runs no Python package");
    }

    [Fact]
    public async Task an_image_that_the_machine_has_nothing_for_is_refused_with_how_to_get_it()
    {
        var (status, message) = await _client.RefusalAsync(
            JobsClient.Container("us-docker.pkg.dev/vertex-ai/training/lightgbm-cpu.4-5:latest", ["python3"], [])
        );

        status.ShouldBe("FAILED_PRECONDITION");
        message.ShouldContain("lacks the module 'lightgbm'");
        message.ShouldContain("pip install lightgbm");
        message.ShouldContain("images.yaml");
    }
}
