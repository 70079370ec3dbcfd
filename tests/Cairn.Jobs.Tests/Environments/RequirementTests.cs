using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Environments;

/// <summary>
/// What packages require is installed once, from a folder of wheels that these tests build: <c>above</c> needs <c>middle</c>, which needs
/// <c>below</c>.
/// </summary>
public sealed class RequirementTests : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private ServerProcess _server = null!;
    private JobsClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_scratch["wheels"]);
        Put(
            "above-1.0-py3-none-any.whl",
            SourcePackage.Wheel(
                "above",
                "1.0",
                "Requires-Dist: middle>=2\nRequires-Dist: numpy\n",
                ("above.py", "import middle; word = 'above ' + middle.word")
            )
        );
        Put(
            "middle-2.1-py3-none-any.whl",
            SourcePackage.Wheel("middle", "2.1", "Requires-Dist: below<2\n", ("middle.py", "import below; word = 'middle ' + below.word"))
        );
        Put("below-1.5-py3-none-any.whl", SourcePackage.Wheel("below", "1.5", "", ("below.py", "word = 'below 1.5'")));
        Put("below-2.0-py3-none-any.whl", SourcePackage.Wheel("below", "2.0", "", ("below.py", "word = 'below 2.0'")));
        Put(
            "broken_promise-1.0-py3-none-any.whl",
            SourcePackage.Wheel("broken_promise", "1.0", "Requires-Dist: deep-and-absent>=3\n", ("broken_promise.py", ""))
        );
        await StartAsync("--pip-index", "none", "--pip-find-links", _scratch["wheels"]);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task what_is_missing_is_installed_with_what_that_needs_and_used_again_by_the_next_job()
    {
        var job = await JobAsync(
            "first",
            "Requires-Dist: above\nRequires-Dist: scikit-learn\n",
            "import above, numpy, subprocess; print(above.word); subprocess.run(['python3', '-c', 'import above; print(above.__name__)'])"
        );

        var first = await _client.RunAsync(job);
        var second = await _client.RunAsync(job);

        (await OutputAsync(first)).ShouldBe(["above middle below 1.5", "above"]);
        (await OutputAsync(second)).ShouldBe(["above middle below 1.5", "above"]);
        (await ServiceLinesAsync(first)).ShouldContain(line =>
            line.Contains("Installed above 1.0, below 1.5, middle 2.1 in the environment", StringComparison.Ordinal)
        );
        (await ServiceLinesAsync(second)).ShouldContain(line => line.StartsWith("Uses the environment", StringComparison.Ordinal));
        Environments().Length.ShouldBe(1);
    }

    [Fact]
    public async Task the_order_and_the_spelling_of_requirements_do_not_count()
    {
        (
            await OutputAsync(
                await _client.RunAsync(await JobAsync("one", "Requires-Dist: below < 2\nRequires-Dist: Middle\n", "print(1)"))
            )
        ).ShouldBe(["1"]);
        (
            await OutputAsync(await _client.RunAsync(await JobAsync("two", "Requires-Dist: middle\nRequires-Dist: below<2\n", "print(2)")))
        ).ShouldBe(["2"]);

        Environments().Length.ShouldBe(1);
    }

    [Fact]
    public async Task jobs_at_the_same_time_share_one_build()
    {
        var jobs = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(number => JobAsync($"job{number}", "Requires-Dist: above\n", "import above; print(above.word)"))
        );

        var ended = await Task.WhenAll(jobs.Select(_client.RunAsync));

        var builders = 0;
        foreach (var job in ended)
        {
            (await OutputAsync(job)).ShouldBe(["above middle below 1.5"]);
            builders += (await ServiceLinesAsync(job)).Count(line => line.StartsWith("Installing", StringComparison.Ordinal));
        }

        builders.ShouldBe(1);
    }

    [Fact]
    public async Task exactly_what_cannot_be_had_is_named()
    {
        var message = await FailureAsync(
            await JobAsync(
                "needy",
                "Requires-Dist: above\nRequires-Dist: absent-one>=2\nRequires-Dist: numpy\nRequires-Dist: below>=7\n",
                ""
            )
        );

        message.ShouldContain("cannot be installed: absent-one>=2, below>=7. ");
        message.ShouldNotContain("above");
        message.ShouldContain("package_uris");
        Environments().ShouldBeEmpty();
    }

    [Fact]
    public async Task what_a_requirement_itself_needs_and_is_absent_is_named_with_who_needs_it() =>
        (await FailureAsync(await JobAsync("deep", "Requires-Dist: broken-promise\n", ""))).ShouldContain(
            "deep-and-absent>=3 (which broken-promise requires)"
        );

    [Fact]
    public async Task requirements_that_contradict_each_other_are_told()
    {
        var message = await FailureAsync(await JobAsync("torn", "Requires-Dist: middle\nRequires-Dist: below>=2\n", ""));

        message.ShouldContain("contradict each other");
        message.ShouldContain("middle 2.1 depends on below<2");
    }

    [Fact]
    public async Task another_version_than_the_installed_one_is_named_with_it()
    {
        var message = await FailureAsync(await JobAsync("future", "Requires-Dist: numpy>=99\n", ""));

        message.ShouldContain("numpy>=99 (");
        message.ShouldContain("is installed)");
    }

    [Fact]
    public async Task a_newer_version_than_the_installed_one_takes_its_place()
    {
        Put("numpy-99.0-py3-none-any.whl", SourcePackage.Wheel("numpy", "99.0", "", ("numpy/__init__.py", "__version__ = '99.0'")));

        (
            await OutputAsync(
                await _client.RunAsync(await JobAsync("modern", "Requires-Dist: numpy>=99\n", "import numpy; print(numpy.__version__)"))
            )
        ).ShouldBe(["99.0"]);
    }

    [Theory]
    [InlineData("setup.py", "from setuptools import setup\nREQUIRED = ['above']\nsetup(name='declared', install_requires=REQUIRED)")]
    [InlineData(
        "setup.py",
        "import setuptools\nsetuptools.setup(name='declared', install_requires=['above', 'declared; python_version < \"3\"'])"
    )]
    [InlineData("pyproject.toml", "[project]\nname = 'declared'\ndependencies = ['above >= 1']")]
    [InlineData("setup.cfg", "[metadata]\nname = declared\n[options]\ninstall_requires =\n  above\n")]
    public async Task a_source_archive_declares_what_it_needs(string file, string content)
    {
        await _client.UploadAsync(
            "pkg/declared-0.1.tar.gz",
            SourcePackage.Tar(
                "declared",
                (file, content),
                ("declared/__init__.py", ""),
                ("declared/task.py", "import above; print(above.word)")
            )
        );

        (
            await OutputAsync(
                await _client.RunAsync(JobsClient.Package("declared.task", [$"gs://{JobsClient.Bucket}/pkg/declared-0.1.tar.gz"]))
            )
        ).ShouldBe(["above middle below 1.5"]);
    }

    [Fact]
    public async Task a_source_distribution_that_setuptools_made_says_what_it_needs_even_where_setup_py_computes_it()
    {
        var source = Directory.CreateDirectory(_scratch["source/trainer"]).Parent!.FullName;
        await File.WriteAllTextAsync(
            Path.Combine(source, "setup.py"),
            "from setuptools import setup, find_packages\nsetup(name='trainer', version='0.1', packages=find_packages(), install_requires=['a' + 'bove>=1'])"
        );
        await File.WriteAllTextAsync(Path.Combine(source, "trainer/__init__.py"), "");
        await File.WriteAllTextAsync(Path.Combine(source, "trainer/task.py"), "import above; print(above.word)");
        using (
            var build = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["setup.py", "--quiet", "sdist", "--formats=gztar"])
                {
                    WorkingDirectory = source,
                }
            )!
        )
        {
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            build.ExitCode.ShouldBe(0);
        }

        await _client.UploadAsync(
            "pkg/trainer-0.1.tar.gz",
            await File.ReadAllBytesAsync(Path.Combine(source, "dist/trainer-0.1.tar.gz"), TestContext.Current.CancellationToken)
        );

        (
            await OutputAsync(
                await _client.RunAsync(JobsClient.Package("trainer.task", [$"gs://{JobsClient.Bucket}/pkg/trainer-0.1.tar.gz"]))
            )
        ).ShouldBe(["above middle below 1.5"]);
    }

    [Fact]
    public async Task a_builder_that_is_killed_leaves_nothing_half()
    {
        Put("slow-1.0.tar.gz", SourcePackage.Tar("slow", "1.0", ("setup.py", "import time, setuptools\ntime.sleep(600)"), ("slow.py", "")));
        var job = await JobAsync("patient", "Requires-Dist: slow\n", "import slow; print(slow.word)");
        job["jobSpec"]!["scheduling"] = new JsonObject { ["restartJobOnWorkerRestart"] = true };
        var name = await _client.SubmitAsync(job);
        var attempt = new GangDirectory(Path.Combine(_server.Data, "jobs"), name.Split('/')[^1], 1).Replica("workerpool0-0");
        await Poll.UntilAsync(() => Task.FromResult(Sleepers().Count > 0), "the source package to be built", TimeSpan.FromSeconds(60));
        var half = Environments().ShouldHaveSingleItem();

        // Of the same name, so that it is the same environment.
        Put(
            "slow-1.0.tar.gz",
            SourcePackage.Tar(
                "slow",
                "1.0",
                ("setup.py", "import setuptools\nsetuptools.setup(name='slow', version='1.0', py_modules=['slow'])"),
                ("slow.py", "word = 'at last'")
            )
        );
        using (var agent = System.Diagnostics.Process.GetProcessById(attempt.ReadStart()!.Pid))
        {
            agent.Kill(entireProcessTree: false);
        }

        (await OutputAsync(await _client.WaitAsync(name))).ShouldBe(["at last"]);
        Environments().ShouldBe([half]);
        await Poll.UntilAsync(
            () => Task.FromResult(Sleepers().Count == 0),
            "the killed builder's processes to be gone",
            TimeSpan.FromSeconds(20)
        );
    }

    [Fact]
    public async Task an_index_that_cannot_be_reached_is_told_with_exactly_what_is_missing()
    {
        await RestartAsync("--pip-index", "http://127.0.0.1:9/simple", "--pip-find-links", _scratch["wheels"]);

        var message = await FailureAsync(await JobAsync("offline", "Requires-Dist: above\nRequires-Dist: far-away==1\n", ""));

        message.ShouldContain("cannot be installed: far-away==1. The package index http://127.0.0.1:9/simple cannot be reached");
    }

    [Fact]
    public async Task wheels_come_from_a_bucket_too()
    {
        await RestartAsync("--pip-index", "none", "--pip-find-links", "gs://wheels-of-ours/python");
        await _client.CreateBucketAsync("wheels-of-ours");
        foreach (var file in Directory.GetFiles(_scratch["wheels"]))
        {
            await _client.UploadAsync("python/" + Path.GetFileName(file), await File.ReadAllBytesAsync(file), "wheels-of-ours");
        }

        (
            await OutputAsync(await _client.RunAsync(await JobAsync("remote", "Requires-Dist: above\n", "import above; print(above.word)")))
        ).ShouldBe(["above middle below 1.5"]);
    }

    [Fact]
    public async Task without_a_sandbox_it_is_the_same()
    {
        await RestartAsync("--pip-index", "none", "--pip-find-links", _scratch["wheels"], "--job-sandbox", "off");

        (
            await OutputAsync(await _client.RunAsync(await JobAsync("plain", "Requires-Dist: above\n", "import above; print(above.word)")))
        ).ShouldBe(["above middle below 1.5"]);
    }

    private void Put(string file, byte[] content) => File.WriteAllBytes(Path.Combine(_scratch["wheels"], file), content);

    private async Task StartAsync(params string[] arguments)
    {
        _server = await ServerProcess.StartAsync(arguments: arguments);
        _client = new JobsClient(_server);
        await _client.CreateBucketAsync(JobsClient.Bucket);
    }

    private async Task RestartAsync(params string[] arguments)
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await StartAsync(arguments);
    }

    private async Task<JsonObject> JobAsync(string package, string requires, string code)
    {
        var file = $"pkg/{package}-0.1-py3-none-any.whl";
        await _client.UploadAsync(
            file,
            SourcePackage.Wheel(package, requires, ($"{package}/__init__.py", ""), ($"{package}/__main__.py", code))
        );
        return JobsClient.Package(package, [$"gs://{JobsClient.Bucket}/{file}"]);
    }

    private async Task<IReadOnlyList<string>> OutputAsync(JsonObject ended)
    {
        ((string)ended["state"]!).ShouldBe("JOB_STATE_SUCCEEDED", ended.ToJsonString());
        return await _client.LinesAsync((string)ended["name"]!);
    }

    private async Task<IReadOnlyList<string>> ServiceLinesAsync(JsonObject ended) =>
        await _client.LinesAsync((string)ended["name"]!, "service");

    private async Task<string> FailureAsync(JsonObject job)
    {
        var ended = await _client.RunAsync(job);
        ((string)ended["state"]!).ShouldBe("JOB_STATE_FAILED", ended.ToJsonString());
        return (string)ended["error"]!["message"]!;
    }

    private string[] Environments() =>
        Directory.Exists(Path.Combine(_server.Data, "environments"))
            ? Directory.GetDirectories(Path.Combine(_server.Data, "environments"))
            : [];

    /// <summary>Processes that work on this test's environments: what pip runs has their folder in its command line.</summary>
    private List<int> Sleepers()
    {
        var found = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc").Where(static path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (
                    File.ReadAllText(folder + "/cmdline") is var line
                    && line.Contains(_server.Data + "/environments/", StringComparison.Ordinal)
                    && line.Contains("egg_info", StringComparison.Ordinal)
                )
                {
                    found.Add(int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is gone.
            }
        }

        return found;
    }
}
