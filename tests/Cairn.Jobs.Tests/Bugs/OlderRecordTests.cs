using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Jobs.Tasks;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>Records that an older server left, which lack what has come since.</summary>
public sealed class OlderRecordTests
{
    [Fact]
    public void what_the_record_of_an_older_server_does_not_say_has_its_usual_value()
    {
        using var folder = new ScratchDirectory();
        var usual = new TaskRecord
        {
            Task = "1",
            Attempt = 1,
            Project = "p",
            Location = "l",
            Endpoint = "http://127.0.0.1:1",
            EndpointFile = "/endpoint",
            Executor = "process",
            Cairn = "/cairn",
            TimeoutSeconds = 60,
        };
        var full = JsonSerializer.SerializeToNode(usual, TaskJson.Default.TaskRecord)!.AsObject();
        var required = new JsonObject();
        foreach (
            var name in new[]
            {
                "task",
                "attempt",
                "project",
                "location",
                "endpoint",
                "endpointFile",
                "executor",
                "cairn",
                "timeoutSeconds",
            }
        )
        {
            required[name] = full[name]!.DeepClone();
        }

        File.WriteAllText(folder["task.json"], required.ToJsonString());
        var read = TaskJson.Read(folder["task.json"], TaskJson.Default.TaskRecord).ShouldNotBeNull();
        JsonSerializer.Serialize(read, TaskJson.Default.TaskRecord).ShouldBe(JsonSerializer.Serialize(usual, TaskJson.Default.TaskRecord));
        full.Count.ShouldBeGreaterThan(required.Count + 10);
    }
}
