using System.Globalization;
using System.Text.Json;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Mlflow.LoggedModels;
using Cairn.Tracking.LoggedModels;
using Cairn.Tracking.Metrics;
using Cairn.Tracking.Runs;

namespace Cairn.Mlflow.Tracking;

/// <summary><c>2.0/mlflow/runs/…</c>, but searching.</summary>
internal sealed class RunCalls(
    IDatabase database,
    RunStore runs,
    RunDataReader reader,
    RunAccess access,
    MetricKeys keys,
    MetricLog log,
    LoggedModelAccess models
) : IMlflowCalls
{
    private const string NameTag = "mlflow.runName";
    private const string UserTag = "mlflow.user";
    private const string ModelsTag = "mlflow.log-model.history";

    public void Map(MlflowRoutes routes)
    {
        routes.Add("POST", "2.0/mlflow/runs/create", "mlflow.runs.create", CreateAsync);
        routes.Add("GET", "2.0/mlflow/runs/get", "mlflow.runs.get", GetAsync);
        routes.Add("POST", "2.0/mlflow/runs/update", "mlflow.runs.update", UpdateAsync);
        routes.Add("POST", "2.0/mlflow/runs/delete", "mlflow.runs.delete", call => StageAsync(call, Lifecycle.Deleted));
        routes.Add("POST", "2.0/mlflow/runs/restore", "mlflow.runs.update", call => StageAsync(call, Lifecycle.Active));
        routes.Add("POST", "2.0/mlflow/runs/log-parameter", "mlflow.runs.update", LogParameterAsync);
        routes.Add("POST", "2.0/mlflow/runs/log-metric", "mlflow.runs.update", LogMetricAsync);
        routes.Add("POST", "2.0/mlflow/runs/log-batch", "mlflow.runs.update", LogBatchAsync);
        routes.Add("POST", "2.0/mlflow/runs/set-tag", "mlflow.runs.update", SetTagAsync);
        routes.Add("POST", "2.0/mlflow/runs/delete-tag", "mlflow.runs.update", DeleteTagAsync);
        routes.Add("POST", "2.0/mlflow/runs/log-inputs", "mlflow.runs.update", LogInputsAsync);
        routes.Add("POST", "2.0/mlflow/runs/log-model", "mlflow.runs.update", LogModelAsync);
    }

    private async Task CreateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var id = arguments.Text("experiment_id") is { Length: > 0 } given ? given : "0";
        var tags = MlflowNames.Tags(arguments);
        var name = arguments.Text("run_name") is { Length: > 0 } own ? own : tags.GetValueOrDefault(NameTag);
        if (arguments.Text("run_name") is { Length: > 0 } first && tags.TryGetValue(NameTag, out var second) && first != second)
        {
            throw StatusException.InvalidArgument(
                $"Both 'run_name' argument and '{NameTag}' tag are specified, but with different values (run_name='{first}', {NameTag}='{second}')."
            );
        }

        var (run, data) = await database.WriteAsync(
            session =>
            {
                var experiment = access.Experiment(session, call, id);
                var made = runs.Create(
                    session,
                    new NewRun(experiment.Id)
                    {
                        Name = name,
                        User = arguments.Text("user_id") is { Length: > 0 } user ? user : tags.GetValueOrDefault(UserTag, ""),
                        Started = arguments.Time("start_time"),
                        Tags = tags,
                    }
                );
                if (!tags.ContainsKey(NameTag))
                {
                    RunFields.SetTag(session, made, NameTag, made.Name);
                }

                return (made, reader.Read(session, made));
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WritePropertyName("run");
            json.WriteRun(run, data, [], []);
        });
    }

    private async Task GetAsync(MlflowCall call)
    {
        var id = (await call.ArgumentsAsync()).RunId;
        var (run, data, inputs, used) = await database.ReadAsync(
            session =>
            {
                var found = access.Run(session, call, id);
                return (
                    found,
                    reader.Read(session, found),
                    RunInputs.Of(session, [found])[found.Id].ToList(),
                    LoggedModelLinks.Of(session, [found])[found.Id].ToList()
                );
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WritePropertyName("run");
            json.WriteRun(run, data, inputs, used);
        });
    }

    private async Task UpdateAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var id = arguments.RunId;
        var status = arguments.Name("status") is { Length: > 0 } text ? Status(text) : (RunStatus?)null;
        var name = arguments.Text("run_name") is { Length: > 0 } given ? given : null;
        var run = await database.WriteAsync(
            session =>
            {
                var before = access.Active(session, call, id);
                if (name is not null)
                {
                    RunFields.SetTag(session, before, NameTag, name);
                }

                return runs.Update(
                    session,
                    before,
                    before with
                    {
                        Status = status ?? before.Status,
                        Ended = arguments.Time("end_time") ?? before.Ended,
                        Name = name ?? before.Name,
                    }
                );
            },
            call.Cancellation
        );
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject("run_info");
            json.WriteInfo(run);
            json.WriteEndObject();
        });
    }

    private async Task StageAsync(MlflowCall call, Lifecycle stage)
    {
        var id = (await call.ArgumentsAsync()).RunId;
        await database.WriteAsync(session => runs.SetStage(session, access.Run(session, call, id), stage), call.Cancellation);
        await call.DoneAsync();
    }

    private async Task LogParameterAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, param) = (arguments.RunId, new Param(arguments.Required("key"), arguments.Text("value") ?? ""));
        MlflowNames.Check(param.Key, "parameter");
        await WriteAsync(call, id, (session, run) => RunFields.SetParam(session, run, param));
    }

    private async Task LogMetricAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, key) = (arguments.RunId, arguments.Required("key"));
        MlflowNames.Check(key, "metric");
        var point = new MetricPoint(
            arguments.Number("step") ?? 0,
            Micros(arguments.RequiredNumber("timestamp")),
            arguments.RequiredDouble("value")
        );
        var logged = new LoggedPoint(await keys.InternAsync(key, call.Cancellation), point);
        IReadOnlyList<ModelPoint> measured = arguments.Text("model_id") is { Length: > 0 } of
            ? [new ModelPoint(0, of, arguments.Text("dataset_name") ?? "", arguments.Text("dataset_digest") ?? "")]
            : [];
        await WriteAsync(
            call,
            id,
            (session, run) =>
            {
                log.Append(session, run, [logged]);
                LoggedModelMetrics.Log(session, run, [logged], measured, model => models.Existing(session, call, model));
            }
        );
    }

    private async Task LogBatchAsync(MlflowCall call)
    {
        var batch = MetricBatch.Parse((await call.BodyAsync()).Span, keys);
        var points = await batch.PointsAsync(keys, call.Cancellation);
        await WriteAsync(
            call,
            batch.RunId,
            (session, run) =>
            {
                foreach (var param in batch.Params)
                {
                    RunFields.SetParam(session, run, param);
                }

                foreach (var (key, value) in batch.Tags)
                {
                    SetTag(session, run, key, value);
                }

                log.Append(session, run, points);
                LoggedModelMetrics.Log(session, run, points, batch.Measured, model => models.Existing(session, call, model));
            }
        );
    }

    private async Task SetTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, key, value) = (arguments.RunId, arguments.Required("key"), arguments.Text("value") ?? "");
        MlflowNames.Check(key, "tag");
        await WriteAsync(call, id, (session, run) => SetTag(session, run, key, value));
    }

    private async Task DeleteTagAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var (id, key) = (arguments.RunId, arguments.Required("key"));
        await WriteAsync(
            call,
            id,
            (session, run) =>
            {
                if (!RunFields.DeleteTag(session, run, key))
                {
                    throw StatusException.NotFound($"No tag with name: {key} in run with id {id}");
                }
            }
        );
    }

    private async Task LogInputsAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        if (!arguments.Has("datasets") && !arguments.Has("models"))
        {
            throw MlflowArguments.Missing("datasets");
        }

        var inputs = arguments
            .Objects("datasets")
            .Select(static item =>
            {
                var dataset = item.Object("dataset") ?? throw MlflowArguments.Missing("dataset");
                return new RunInput(
                    dataset.Required("name"),
                    dataset.Required("digest"),
                    dataset.Text("source_type") ?? "",
                    dataset.Text("source") ?? "",
                    dataset.Text("schema") ?? "",
                    dataset.Text("profile") ?? "",
                    item.Pairs("tags")
                );
            })
            .ToList();
        var used = arguments.Objects("models").Select(static model => model.Required("model_id")).ToList();
        await WriteAsync(
            call,
            arguments.RunId,
            (session, run) =>
            {
                inputs.ForEach(input => RunInputs.Add(session, run, input));
                used.ForEach(model => LoggedModelLinks.Add(session, run, models.Active(session, call, model), isOutput: false, 0));
            }
        );
    }

    /// <summary>Notes in the run's tag what model was saved among its artifacts.</summary>
    private async Task LogModelAsync(MlflowCall call)
    {
        var arguments = await call.ArgumentsAsync();
        var text = arguments.Required("model_json");
        using var model = ParseModel(text);
        await WriteAsync(
            call,
            arguments.RunId,
            (session, run) =>
            {
                var before =
                    session.QueryFirst(
                        "SELECT value FROM run_tags WHERE run = $1 AND key = $2",
                        static row => row.GetString(0),
                        run.Id,
                        ModelsTag
                    ) ?? "[]";
                var list = before == "[]" ? $"[{text}]" : $"{before[..^1]}, {text}]";
                RunFields.SetTag(session, run, ModelsTag, list, RunFields.MaxModelHistory);
            }
        );
    }

    private static JsonDocument ParseModel(string text)
    {
        try
        {
            var model = JsonDocument.Parse(text);
            return model.RootElement.ValueKind == JsonValueKind.Object && model.RootElement.TryGetProperty("flavors", out _)
                ? model
                : throw StatusException.InvalidArgument("`model_json` must be the JSON of an MLmodel file: it has no 'flavors'.");
        }
        catch (JsonException error)
        {
            throw StatusException.InvalidArgument($"Malformed model info. `model_json` is not JSON: {error.Message}");
        }
    }

    private async Task WriteAsync(MlflowCall call, string id, Action<ISqlSession, Run> write)
    {
        await database.WriteAsync(
            session =>
            {
                write(session, access.Active(session, call, id));
                return true;
            },
            call.Cancellation
        );
        await call.DoneAsync();
    }

    private void SetTag(ISqlSession session, Run run, string key, string value)
    {
        RunFields.SetTag(session, run, key, value);
        if (key == NameTag && value.Length > 0 && value != run.Name)
        {
            runs.Update(session, run, run with { Name = value });
        }
    }

    private static RunStatus Status(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && Enum.IsDefined((RunStatus)number) ? (RunStatus)number
        : Enum.TryParse<RunStatus>(text, ignoreCase: true, out var status) && Enum.IsDefined(status) && char.IsLetter(text[0]) ? status
        : throw StatusException.InvalidArgument(
            $"Invalid value {text} for parameter 'status' supplied: it must be one of RUNNING, SCHEDULED, FINISHED, FAILED, KILLED."
        );

    private static long Micros(long milliseconds) =>
        milliseconds is > long.MinValue / 1_000 and < long.MaxValue / 1_000
            ? milliseconds * 1_000
            : throw StatusException.InvalidArgument(
                $"Invalid value {milliseconds} for parameter 'timestamp' supplied: it must be milliseconds since 1970."
            );
}
