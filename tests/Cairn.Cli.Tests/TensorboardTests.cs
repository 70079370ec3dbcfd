using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Testing;
using Cairn.Tracking.Tests.Events;

namespace Cairn.Cli.Tests;

public sealed class TensorboardTests(OpenServer server) : IClassFixture<OpenServer>, IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task a_tensorboard_is_updated()
    {
        var name = (await server.CairnAsync("tensorboard", "create", "--display-name", "before", "--format", "value(name)"))
            .ShouldWork()
            .Trim();
        (
            await server.CairnAsync(
                "tensorboard",
                "update",
                name,
                "--display-name",
                "after",
                "--labels",
                "team=a",
                "--format",
                "value(displayName,labels.team)"
            )
        )
            .ShouldWork()
            .ShouldBe("after\ta\n");
        (await server.CairnAsync("tensorboard", "update", name, "--description", "what it is for")).ShouldWork();
        (await server.CairnAsync("tensorboard", "describe", name, "--format", "value(displayName,description)"))
            .ShouldWork()
            .ShouldBe("after\twhat it is for\n");
        (await server.CairnAsync("tensorboard", "update", name)).Code.ShouldBe(2);
    }

    [Fact]
    public async Task event_files_of_every_plugin_are_uploaded_once_however_often_it_is_done()
    {
        var hparams = EventBytes.Bytes(
            3,
            [.. EventBytes.Bytes(1, [.. EventBytes.Bytes(1, "lr"u8), .. EventBytes.Bytes(2, EventBytes.Double(2, 0.1))])]
        );
        byte[] histogram =
        [
            .. EventBytes.Double(1, -1),
            .. EventBytes.Double(2, 1),
            .. EventBytes.Bytes(6, [.. BitConverter.GetBytes(0.0), .. BitConverter.GetBytes(1e300)]),
            .. EventBytes.Bytes(7, [.. BitConverter.GetBytes(3.0), .. BitConverter.GetBytes(4.0)]),
        ];
        byte[] image = [.. EventBytes.Varint(1, 2), .. EventBytes.Varint(2, 3), .. EventBytes.Bytes(4, "PNG"u8)];
        Write(
            "logs/train/events.out.tfevents.1",
            new EventBytes()
                .Version()
                .Simple("loss", 1, 0.5f)
                .Simple("loss", 2, 0.25f)
                .Tensor("acc", 1, EventBytes.FloatTensor(0.75f), "scalars")
                .Values(1, 1.5, [.. EventBytes.Bytes(1, "h1"u8), .. EventBytes.Bytes(5, histogram)])
                .Values(1, 1.5, [.. EventBytes.Bytes(1, "i1"u8), .. EventBytes.Bytes(4, image)])
                .Tensor("note", 1, EventBytes.StringTensor("hello"u8.ToArray()), "text", dataClass: 2)
                .Tensor(
                    "pictures",
                    1,
                    EventBytes.StringTensor("3"u8.ToArray(), "2"u8.ToArray(), "PNG2"u8.ToArray()),
                    "images",
                    dataClass: 3
                )
                .Tensor("curve", 1, EventBytes.FloatTensor(1), "pr_curves", [1], 2)
                .Tensor("_hparams_/session_start_info", 0, EventBytes.FloatTensor(0), "hparams", hparams, 2)
                .Values(1, 1.5, [.. EventBytes.Bytes(1, "sound"u8), .. EventBytes.Bytes(6, "WAV"u8)])
        );
        Write("logs/validation/events.out.tfevents.1", new EventBytes().Version().Simple("loss", 1, 0.75f));

        for (var time = 0; time < 2; time++)
        {
            // The second time with nothing remembered: what is there by now is there once.
            var run = await CairnAsync(
                _scratch[$"state{time}"],
                "tensorboard",
                "upload",
                "--logdir",
                _scratch["logs"],
                "--experiment",
                "All Plugins"
            );
            run.ShouldWork();
            run.Error.ShouldContain("2 runs");
            run.Error.ShouldContain("Passed over 1: Audio");
        }

        var board = (await server.CairnAsync("tensorboard", "list", "--filter", "is_default=true", "--format", "value(name:id)"))
            .ShouldWork()
            .Trim();
        var experiment = (
            await server.CairnAsync(
                "tensorboard",
                "experiments",
                "list",
                board,
                "--filter",
                "display_name=\"All Plugins\"",
                "--format",
                "value(name:id)"
            )
        )
            .ShouldWork()
            .Trim();
        (await server.CairnAsync("tensorboard", "runs", "list", $"{board}/{experiment}", "--format", "value(displayName)"))
            .ShouldWork()
            .ShouldBe("train\nvalidation\n");
        var series = (
            await server.CairnAsync(
                "tensorboard",
                "series",
                "list",
                $"{board}/{experiment}/train",
                "--format",
                "value(displayName,valueType,pluginName)"
            )
        ).ShouldWork();
        series
            .Trim()
            .Split('\n')
            .Order(StringComparer.Ordinal)
            .ShouldBe([
                "_hparams_/session_start_info\tTENSOR\thparams",
                "acc\tSCALAR\tscalars",
                "curve\tTENSOR\tpr_curves",
                "h1\tTENSOR\thistograms",
                "i1\tBLOB_SEQUENCE\timages",
                "loss\tSCALAR\tscalars",
                "note\tTENSOR\ttext",
                "pictures\tBLOB_SEQUENCE\timages",
            ]);
        var id = await SeriesAsync($"{board}/{experiment}/train", "loss");
        (await server.CairnAsync("tensorboard", "series", "export", $"{board}/{experiment}/train/{id}"))
            .ShouldWork()
            .Trim()
            .Split('\n')
            .Select(static line => line.Split(',')[0] + "=" + line.Split(',')[2])
            .ShouldBe(["step=value", "1=0.5", "2=0.25"]);

        // A histogram of the first format has become the second's: left, right and count of each bucket.
        var data = await ReadAsync(board, experiment, "train", "h1");
        var tensor = Convert.FromBase64String(data["timeSeriesData"]!["values"]![0]!["tensor"]!["value"]!.GetValue<string>());
        var numbers = Enumerable.Range(0, 6).Select(i => BitConverter.ToDouble(tensor, tensor.Length - 48 + (8 * i)));
        numbers.ShouldBe([-1, 0, 3, 0, 1, 4]);
        (await ReadAsync(board, experiment, "train", "i1"))["timeSeriesData"]!["values"]![0]!["blobs"]!["values"]!
            .AsArray()
            .Count.ShouldBe(3);
    }

    [Fact]
    public async Task an_upload_goes_on_where_it_ended_and_follows_a_growing_file()
    {
        var file = new EventBytes().Version().Simple("loss", 1, 1);
        Write("live/events.out.tfevents.1", file);
        using var upload = Process.Start(
            new ProcessStartInfo(
                ServerProcess.Executable,
                ["tensorboard", "upload", "--live", "--logdir", _scratch["live"], "--endpoint", server.Process.Http]
            )
            {
                Environment = { ["XDG_STATE_HOME"] = _scratch["live-state"] },
                RedirectStandardError = true,
            }
        )!;
        try
        {
            await StepsAsync("live", "live", 1);
            Write("live/events.out.tfevents.1", file.Simple("loss", 2, 2).Simple("loss", 3, 3));
            await StepsAsync("live", "live", 3);
            Write("live/later/events.out.tfevents.2", new EventBytes().Version().Simple("loss", 9, 2));
            await StepsAsync("live", "later", 9);
            using var interrupt = Process.Start("kill", ["-INT", upload.Id.ToString(CultureInfo.InvariantCulture)]);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var errors = await upload.StandardError.ReadToEndAsync(deadline.Token);
            await upload.WaitForExitAsync(deadline.Token);
            errors.ShouldContain("Uploaded 4 points of 2 runs");
        }
        finally
        {
            if (!upload.HasExited)
            {
                upload.Kill();
            }
        }

        // Nothing is left to do, and the whole file is not sent again.
        (await CairnAsync(_scratch["live-state"], "tensorboard", "upload", "--logdir", _scratch["live"])).Error.ShouldContain(
            "Uploaded 0 points"
        );
        Write("live/events.out.tfevents.1", file.Simple("loss", 4, 4));
        (await CairnAsync(_scratch["live-state"], "tensorboard", "upload", "--logdir", _scratch["live"])).Error.ShouldContain(
            "Uploaded 1 points"
        );
    }

    [Fact]
    public async Task a_damaged_file_is_told_with_its_place_and_can_be_passed_over()
    {
        var bytes = new EventBytes().Version().Simple("loss", 1, 1).Simple("loss", 2, 2).Simple("loss", 3, 3).ToArray();
        var at = new EventBytes().Version().Simple("loss", 1, 1).Length;
        bytes[at + 20] ^= 1;
        Directory.CreateDirectory(_scratch["damaged"]);
        await File.WriteAllBytesAsync(_scratch["damaged/events.out.tfevents.1"], bytes);
        var stopped = await CairnAsync(_scratch["s1"], "tensorboard", "upload", "--logdir", _scratch["damaged"]);
        stopped.Code.ShouldBe(1);
        stopped.Error.ShouldContain($"damaged at byte {at}");
        stopped.Error.ShouldContain("Uploaded 1 points");
        var skipped = await CairnAsync(_scratch["s2"], "tensorboard", "upload", "--logdir", _scratch["damaged"], "--skip-corrupt");
        skipped.ShouldWork();
        skipped.Error.ShouldContain("Uploaded 2 points");
    }

    [Fact]
    public async Task a_restarted_trainings_void_steps_are_left_out()
    {
        Write(
            "restart/events.out.tfevents.1",
            new EventBytes()
                .Version()
                .SessionStart(0)
                .Simple("loss", 1, 1)
                .Simple("loss", 2, 2)
                .Simple("loss", 3, 3)
                .SessionStart(2)
                .Simple("loss", 2, 20)
        );
        var run = await CairnAsync(_scratch["s"], "tensorboard", "upload", "--logdir", _scratch["restart"]);
        run.Error.ShouldContain("Uploaded 2 points");
        run.Error.ShouldContain("2 values were void");
    }

    private void Write(string name, EventBytes file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_scratch[name])!);
        File.WriteAllBytes(_scratch[name], file.ToArray());
    }

    private Task<ProgramRun> CairnAsync(string state, params string[] args) =>
        ProgramRun.OfAsync(server.Process, args, new Dictionary<string, string> { ["XDG_STATE_HOME"] = state });

    private async Task<string> SeriesAsync(string run, string name) =>
        (
            await server.CairnAsync(
                "tensorboard",
                "series",
                "list",
                run,
                "--filter",
                $"display_name=\"{name}\"",
                "--format",
                "value(name:id)"
            )
        )
            .ShouldWork()
            .Trim();

    private async Task<JsonNode> ReadAsync(string board, string experiment, string run, string name)
    {
        var id = await SeriesAsync($"{board}/{experiment}/{run}", name);
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        return JsonNode.Parse(
            await http.GetStringAsync(
                $"/v1/projects/demo/locations/us-central1/tensorboards/{board}/experiments/{experiment}/runs/{run}/timeSeries/{id}:read"
            )
        )!;
    }

    private async Task StepsAsync(string experiment, string run, long step)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Process.Http) };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var boards = JsonNode.Parse(
                await http.GetStringAsync("/v1/projects/demo/locations/us-central1/tensorboards?filter=is_default%3Dtrue", deadline.Token)
            );
            if (boards?["tensorboards"]?[0]?["name"]?.GetValue<string>() is { } board)
            {
                using var response = await http.GetAsync($"/v1/{board}/experiments/{experiment}/runs/{run}/timeSeries", deadline.Token);
                var text = (await response.Content.ReadAsStringAsync(deadline.Token)).Replace(" ", "", StringComparison.Ordinal);
                if (text.Contains($"\"maxStep\":\"{step}\"", StringComparison.Ordinal))
                {
                    return;
                }
            }

            await Task.Delay(100, deadline.Token);
        }
    }
}
