using System.Text.Json.Nodes;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Jobs;

public sealed class PythonPackageTests(Server server)
{
    private readonly JobsClient _client = server.Client;

    [Fact]
    public async Task a_source_package_runs_with_its_arguments_and_saves_its_model()
    {
        await _client.UploadAsync(
            "pkg/trainer-0.1.tar.gz",
            SourcePackage.Tar(
                "trainer",
                ("setup.py", ""),
                ("trainer/__init__.py", ""),
                (
                    "trainer/task.py",
                    """
                    import os, sys
                    import sklearn
                    folder = os.environ["AIP_MODEL_DIR"].replace("gs://", "/gcs/")
                    os.makedirs(folder)
                    with open(os.path.join(folder, "model.txt"), "w") as file:
                        file.write("trained with " + " ".join(sys.argv[1:]))
                    print("saved to", os.environ["AIP_MODEL_DIR"])
                    """
                )
            )
        );
        var job = JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/trainer-0.1.tar.gz"], "--epochs", "3");
        job["jobSpec"]!["baseOutputDirectory"] = new JsonObject { ["outputUriPrefix"] = $"gs://{JobsClient.Bucket}/out/source" };

        (await _client.OutputAsync(job)).ShouldBe([$"saved to gs://{JobsClient.Bucket}/out/source/model/"]);

        (await _client.DownloadAsync("out/source/model/model.txt")).ShouldBe("trained with --epochs 3");
    }

    [Fact]
    public async Task wheels_are_installed_before_what_uses_them()
    {
        await _client.UploadAsync(
            "pkg/helper-0.1-py3-none-any.whl",
            SourcePackage.Wheel("helper", "", ("helper.py", "def word(): return 'helped'"))
        );
        await _client.UploadAsync(
            "pkg/user-0.1-py3-none-any.whl",
            SourcePackage.Wheel(
                "user",
                "Requires-Dist: helper\nRequires-Dist: scikit-learn\nRequires-Dist: absent; extra == 'no'",
                ("user/__main__.py", "import helper; print(helper.word())"),
                ("user/__init__.py", "")
            )
        );

        (
            await _client.OutputAsync(
                JobsClient.Package(
                    "user",
                    [$"gs://{JobsClient.Bucket}/pkg/helper-0.1-py3-none-any.whl", $"gs://{JobsClient.Bucket}/pkg/user-0.1-py3-none-any.whl"]
                )
            )
        ).ShouldBe(["helped"]);
    }

    [Fact]
    public async Task a_source_package_with_a_src_folder_is_found()
    {
        await _client.UploadAsync(
            "pkg/layout-0.1.tar.gz",
            SourcePackage.Tar("layout", ("pyproject.toml", ""), ("src/layout/__init__.py", ""), ("src/layout/run.py", "print('found')"))
        );

        (await _client.OutputAsync(JobsClient.Package("layout.run", [$"gs://{JobsClient.Bucket}/pkg/layout-0.1.tar.gz"]))).ShouldBe([
            "found",
        ]);
    }

    [Fact]
    public async Task a_requirement_that_is_not_there_is_named()
    {
        await _client.UploadAsync(
            "pkg/needy-0.1-py3-none-any.whl",
            SourcePackage.Wheel(
                "needy",
                "Requires-Dist: no-such-library>=2\nRequires-Dist: numpy\nRequires-Dist: another-absent-one",
                ("needy.py", "")
            )
        );

        var message = await FailureAsync(JobsClient.Package("needy", [$"gs://{JobsClient.Bucket}/pkg/needy-0.1-py3-none-any.whl"]));

        message.ShouldContain(": another-absent-one, no-such-library>=2.");
        message.ShouldContain("package_uris");
    }

    [Fact]
    public async Task a_missing_package_is_named()
    {
        (await FailureAsync(JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/absent.tar.gz"]))).ShouldContain(
            $"gs://{JobsClient.Bucket}/pkg/absent.tar.gz"
        );
    }

    [Fact]
    public async Task a_broken_package_is_named()
    {
        await _client.UploadAsync("pkg/broken.tar.gz", "this is no archive"u8.ToArray());

        var message = await FailureAsync(JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/broken.tar.gz"]));

        message.ShouldContain("broken.tar.gz");
        message.ShouldContain("cannot be installed");
    }

    [Fact]
    public async Task a_package_that_would_write_elsewhere_is_refused()
    {
        await _client.UploadAsync("pkg/evil.tar.gz", SourcePackage.Tar("..", ("../../../../../../tmp/cairn-evil.py", "")));

        (await FailureAsync(JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/evil.tar.gz"]))).ShouldContain(
            "evil.tar.gz"
        );

        File.Exists("/tmp/cairn-evil.py").ShouldBeFalse();
    }

    [Fact]
    public async Task a_module_that_the_package_lacks_is_named()
    {
        await _client.UploadAsync("pkg/other-0.1.tar.gz", SourcePackage.Tar("other", ("other/__init__.py", "")));

        var message = await FailureAsync(JobsClient.Package("other.missing", [$"gs://{JobsClient.Bucket}/pkg/other-0.1.tar.gz"]));

        message.ShouldContain("'other.missing' was not found");
    }

    private async Task<string> FailureAsync(JsonObject job)
    {
        var ended = await _client.RunAsync(job);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED");
        return (string)ended["error"]!["message"]!;
    }
}
