using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Tracking.Tests.Mlflow;

namespace Cairn.Tracking.Tests.Bugs;

/// <summary>Arguments, lengths and names that MLflow refuses, and were taken or refused in other words once.</summary>
public abstract class MlflowArgumentBugs(MlflowServer server) : MlflowTests(server)
{
    [Theory]
    [InlineData(
        "experiments/create",
        """{"name":123}""",
        "Invalid value 123 for parameter 'name' supplied: Hint: Value was of type 'int'."
    )]
    [InlineData(
        "experiments/create",
        """{"name":["x"]}""",
        "Invalid value [\"x\"] for parameter 'name' supplied: Hint: Value was of type 'list'."
    )]
    [InlineData("experiments/create", """{"name":"x","tags":3}""", "Invalid value 3 for parameter 'tags' supplied")]
    [InlineData("runs/update", """{"run_id":31}""", "Invalid value 31 for parameter 'run_id' supplied")]
    [InlineData(
        "runs/log-metric",
        """{"run_id":"x","key":"k","value":"dog","timestamp":1}""",
        "Invalid value \"dog\" for parameter 'value' supplied: Hint: Value was of type 'str'."
    )]
    [InlineData(
        "runs/log-metric",
        """{"run_id":"x","key":"k","value":1,"timestamp":[1]}""",
        "Invalid value [1] for parameter 'timestamp' supplied"
    )]
    [InlineData(
        "runs/log-parameter",
        """{"run_id":"x","key":"k","value":true}""",
        "Invalid value true for parameter 'value' supplied: Hint: Value was of type 'bool'."
    )]
    [InlineData("runs/log-batch", """{"run_id":31}""", "Invalid value 31 for parameter 'run_id' supplied")]
    [InlineData("runs/log-batch", """{"run_id":"x","metrics":"dog"}""", "Invalid value \"dog\" for parameter 'metrics' supplied")]
    [InlineData(
        "runs/log-batch",
        """{"run_id":"x","metrics":[{"key":"a","value":1}]}""",
        "Missing value for required parameter 'metrics[0].timestamp'"
    )]
    [InlineData(
        "runs/log-batch",
        """{"run_id":"x","tags":[{"key":"a","value":"b"},{"value":"b"}]}""",
        "Missing value for required parameter 'tags[1].key'"
    )]
    [InlineData("runs/search", """{"experiment_ids":[1]}""", "Invalid value [1] for parameter 'experiment_ids' supplied")]
    [InlineData(
        "model-versions/transition-stage",
        """{"name":"n","version":"1","stage":"None","archive_existing_versions":"hello"}""",
        "Invalid value \"hello\" for parameter 'archive_existing_versions' supplied"
    )]
    public async Task arguments_of_another_type_are_refused_inMlflows_words(string path, string body, string words)
    {
        using var answer = await Mlflow.Send(HttpMethod.Post, $"mlflow/{path}", new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        ((string)JsonNode.Parse(text)!["message"]!).ShouldContain(words);
        // Clients' tests look for the sentence in the bytes.
        text.ShouldNotContain("\\u0027");
    }

    [Fact]
    public async Task lengths_count_characters_and_a_nul_is_refused()
    {
        var run = await NewRun(await NewExperiment());
        var birds = string.Concat(Enumerable.Repeat("\U0001F426", 5_000));
        await Mlflow.Post(
            "mlflow/runs/log-parameter",
            new
            {
                run_id = run,
                key = "birds",
                value = birds + new string('b', 1_000),
            }
        );
        await Mlflow.Post(
            "mlflow/runs/set-tag",
            new
            {
                run_id = run,
                key = string.Concat(Enumerable.Repeat("\U00010428", 250)),
                value = birds,
            }
        );
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                "mlflow/runs/log-parameter",
                new
                {
                    run_id = run,
                    key = "more",
                    value = birds + new string('b', 1_001),
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        var experiment = await NewExperiment();
        await Mlflow.Post(
            "mlflow/experiments/set-experiment-tag",
            new
            {
                experiment_id = experiment,
                key = "t",
                value = birds,
            }
        );
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                "mlflow/experiments/set-experiment-tag",
                new
                {
                    experiment_id = experiment,
                    key = "t",
                    value = birds + "b",
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                "mlflow/experiments/create",
                new { name = Guid.NewGuid().ToString(), tags = new[] { new { key = "t", value = new string('v', 5_001) } } }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        await Mlflow.Post(
            "mlflow/experiments/create",
            new { name = string.Concat(Enumerable.Repeat("\U0001F426", 464)) + Guid.NewGuid().ToString() }
        );
        foreach (
            var (path, body) in new (string, object)[]
            {
                (
                    "runs/set-tag",
                    new
                    {
                        run_id = run,
                        key = "nul",
                        value = "a\0b",
                    }
                ),
                (
                    "runs/log-parameter",
                    new
                    {
                        run_id = run,
                        key = "nul",
                        value = "a\0b",
                    }
                ),
                ("experiments/create", new { name = "a\0b" }),
                ("registered-models/create", new { name = "a\0b" }),
                ("runs/search", new { experiment_ids = new[] { experiment }, filter = "tags.a = 'a\0b'" }),
            }
        )
        {
            (await Mlflow.Refused(HttpMethod.Post, $"mlflow/{path}", body)).Code.ShouldBe("INVALID_PARAMETER_VALUE", path);
        }
    }

    [Fact]
    public async Task names_that_are_one_file_are_refused()
    {
        var run = await NewRun(await NewExperiment());
        foreach (var name in (string[])["..", "../a", "/a", "a//b", "a/./b", "a/", "."])
        {
            (
                await Mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-metric",
                    new
                    {
                        run_id = run,
                        key = name,
                        value = 1,
                        timestamp = 1,
                    }
                )
            ).Message.ShouldContain("Names may be treated as files", customMessage: name);
            (
                await Mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-parameter",
                    new
                    {
                        run_id = run,
                        key = name,
                        value = "1",
                    }
                )
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE", name);
            (
                await Mlflow.Refused(
                    HttpMethod.Post,
                    "mlflow/runs/log-batch",
                    new { run_id = run, tags = new[] { new { key = name, value = "1" } } }
                )
            ).Code.ShouldBe("INVALID_PARAMETER_VALUE", name);
        }

        foreach (var path in (string[])["a//b", "a/", "%2Fa"])
        {
            (await Mlflow.Refused(HttpMethod.Put, $"mlflow-artifacts/artifacts/0/{run}/artifacts/{path}", new { })).Status.ShouldBe(
                HttpStatusCode.BadRequest,
                path
            );
        }
    }
}

public sealed class MlflowArgumentBugsOnSqlite(SqliteMlflowServer server) : MlflowArgumentBugs(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowArgumentBugsOnPostgreSql(PostgresMlflowServer server)
    : MlflowArgumentBugs(server),
        IClassFixture<PostgresMlflowServer>;
