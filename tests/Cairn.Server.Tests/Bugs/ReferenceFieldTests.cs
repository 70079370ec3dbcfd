using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tenancy;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;

namespace Cairn.Server.Tests.Bugs;

/// <summary>
/// Every field of every implemented method's request, as the contracts have them: a text that names another project's resource or bucket is
/// refused at the gate, or the field is listed with the reason why it need not be. A field that a later contract adds is behind the gate;
/// one that the gate cannot look into fails here until it is listed.
/// </summary>
public sealed class ReferenceFieldTests(ITestOutputHelper output)
{
    /// <summary>
    /// Fields of free form, which the gate does not look into: what reads names or addresses in them, and how those are checked.
    /// </summary>
    private static readonly Dictionary<string, string> Opaque = new()
    {
        ["google.cloud.aiplatform.v1.TrainingPipeline.training_task_inputs"] =
            "PipelineService asks the gate for the job's specification that it reads from it.",
        ["google.cloud.aiplatform.v1.TrainingPipeline.training_task_metadata"] = "Output only; never read.",
        ["google.cloud.aiplatform.v1.Dataset.metadata"] = "SourceFiles refuses buckets that are not the data set's project's.",
        ["google.cloud.aiplatform.v1.Context.metadata"] =
            "RunContents refuses a backing tensorboard of another project; nothing else in it is resolved.",
        ["google.cloud.aiplatform.v1.Artifact.metadata"] = "Kept and given back; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.Execution.metadata"] = "Kept and given back; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.Model.metadata"] = "Kept and given back; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.ModelEvaluation.metrics"] = "Kept and given back; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.Attribution.feature_attributions"] =
            "Numbers of an explanation, kept and given back with an evaluation; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.Examples.nearest_neighbor_search_config"] =
            "Settings of explanations by examples, kept and given back with a model; nothing in it is resolved.",
        ["google.cloud.aiplatform.v1.SavedQuery.metadata"] = "Output only; no method that makes saved queries is implemented.",
        ["google.cloud.aiplatform.v1.ModelEvaluation.metadata"] = "Kept and given back; nothing in it is resolved.",
    };

    private static readonly CallContext Stranger = new() { Caller = new Principal("stranger", ["*"], "mine") };

    private readonly TenantGate _gate = new(new Owners());

    [Fact]
    public async Task no_field_of_a_request_reaches_into_another_project()
    {
        var wrong = new List<string>();
        var (gated, free) = (new HashSet<string>(), new SortedDictionary<string, string>());
        foreach (var method in await HandledAsync())
        {
            foreach (var path in Paths(method.InputType, []))
            {
                var field = path[^1];
                if (path.Select(FreeFields.Reason).FirstOrDefault(static reason => reason is not null) is { } reason)
                {
                    free[path.First(static step => FreeFields.Reason(step) is not null).FullName] = reason;
                    if (IsReference(field))
                    {
                        wrong.Add($"{field.FullName} of {method.Name} refers to something, and is free: {reason}");
                    }

                    continue;
                }

                foreach (
                    var value in (string[])
                        [
                            "projects/theirs/locations/l/models/m",
                            "gs://theirs-bucket/folder",
                            "//host.example/projects/theirs/x/y",
                            "https://host.example/v1/projects/theirs/x/y",
                        ]
                )
                {
                    var request = With(method.InputType, path, value);
                    var refused = await Should.ThrowAsync<StatusException>(
                        async () => await _gate.CheckAsync(request, Stranger),
                        $"{method.Name}: {field.FullName} = {value}"
                    );
                    if (refused.Code != Code.PermissionDenied || !refused.Message.Contains(field.Name, StringComparison.Ordinal))
                    {
                        wrong.Add($"{method.Name}: {field.FullName}: {refused.Message}");
                    }
                }

                await _gate.CheckAsync(With(method.InputType, path, "projects/mine/locations/l/models/m"), Stranger);
                await _gate.CheckAsync(With(method.InputType, path, "gs://mine-bucket/folder"), Stranger);
                gated.Add(field.FullName);
            }
        }

        output.WriteLine($"{gated.Count} fields are behind the gate; these are not:");
        foreach (var (field, reason) in free)
        {
            output.WriteLine($"{field}: {reason}");
        }

        wrong.ShouldBeEmpty();
        gated.Count.ShouldBeGreaterThan(200);
        gated.ShouldContain("google.cloud.aiplatform.v1.CustomJobSpec.tensorboard");
        gated.ShouldContain("google.cloud.aiplatform.v1.GcsSource.uris");
        gated.ShouldContain("google.cloud.aiplatform.v1.DeployedModel.model");
    }

    [Fact]
    public async Task what_the_gate_cannot_look_into_is_listed()
    {
        var found = new SortedSet<string>();
        foreach (var method in await HandledAsync())
        {
            foreach (var path in Paths(method.InputType, [], opaque: true))
            {
                // A prediction's instances and parameters are for the model alone.
                if (!method.Service.Name.EndsWith("PredictionService", StringComparison.Ordinal))
                {
                    found.Add(path[^1].FullName);
                }
            }
        }

        found
            .Where(static field => field.StartsWith("google.cloud.aiplatform.v1.", StringComparison.Ordinal))
            .Where(static field => !Opaque.ContainsKey(field) && !Written(field))
            .ShouldBeEmpty();
    }

    /// <summary>
    /// Values that the server writes into answers, or hands to a model; no request of an implemented method is read there.
    /// </summary>
    private static bool Written(string field) =>
        field.Contains("Schema", StringComparison.Ordinal)
        || field.Contains(".Explanation", StringComparison.Ordinal)
        || field.Contains(".Trial.", StringComparison.Ordinal)
        || field.Contains("Feature", StringComparison.Ordinal)
        || field.Contains("InputMetadata", StringComparison.Ordinal)
        || field.Contains("Annotation.payload", StringComparison.Ordinal)
        || field.Contains("DataItem.payload", StringComparison.Ordinal)
        || field.Contains("ModelMonitoring", StringComparison.Ordinal)
        || field.Contains("PredictRequestResponseLoggingConfig", StringComparison.Ordinal)
        || field.Contains("StudySpec", StringComparison.Ordinal)
        || field.EndsWith("baselines", StringComparison.Ordinal)
        || field.Contains("SliceSpec", StringComparison.Ordinal)
        || field.Contains("ModelEvaluationExplanationSpec", StringComparison.Ordinal);

    /// <summary>Whether the contracts say of a field that it names a resource or an address.</summary>
    private static bool IsReference(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(ResourceExtensions.ResourceReference) is not null
        || field.Name.EndsWith("uri", StringComparison.Ordinal)
        || field.Name.EndsWith("uris", StringComparison.Ordinal)
        || field.Name.EndsWith("uri_prefix", StringComparison.Ordinal)
        || field.Name.EndsWith("_dir", StringComparison.Ordinal)
        || field.Name is "name" or "parent";

    private static async Task<IReadOnlyList<MethodDescriptor>> HandledAsync()
    {
        var handled = (await CairnServer.ListMethodsAsync())
            .Where(static method => method is { Door: "gRPC", Handled: true })
            .Select(static method => method.Call)
            .ToHashSet();
        var methods = ContractFiles
            .All.SelectMany(static file => file.Services)
            .SelectMany(static service => service.Methods)
            .Where(method => handled.Contains($"/{method.Service.FullName}/{method.Name}"))
            .ToList();
        methods.Count.ShouldBe(handled.Count);
        return methods;
    }

    /// <summary>The ways to every text of a message, or to everything of free form; a message within itself is entered once.</summary>
    private static IEnumerable<FieldDescriptor[]> Paths(MessageDescriptor message, FieldDescriptor[] way, bool opaque = false)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            FieldDescriptor[] path = [.. way, field];
            var valued = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
            if (valued.FieldType == FieldType.String)
            {
                if (!opaque)
                {
                    yield return path;
                }
            }
            else if (valued.FieldType == FieldType.Message && valued.MessageType.File.Package == "google.protobuf")
            {
                if (opaque && valued.MessageType.Name is "Struct" or "Value" or "ListValue" or "Any")
                {
                    yield return path;
                }
            }
            else if (
                valued.FieldType == FieldType.Message
                && way.All(step => step.ContainingType != valued.MessageType)
                && valued.MessageType != message
            )
            {
                foreach (var inner in Paths(valued.MessageType, path, opaque))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>A request in which one field is set.</summary>
    private static IMessage With(MessageDescriptor type, ReadOnlySpan<FieldDescriptor> path, string value)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        var field = path[0];
        var valued = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        object item = path.Length == 1 ? value : With(valued.MessageType, path[1..], value);
        if (field.IsMap)
        {
            ((System.Collections.IDictionary)field.Accessor.GetValue(message)).Add("key", item);
        }
        else if (field.IsRepeated)
        {
            ((System.Collections.IList)field.Accessor.GetValue(message)).Add(item);
        }
        else
        {
            field.Accessor.SetValue(message, item);
        }

        return message;
    }

    private sealed class Owners : IBucketOwners
    {
        public Task<string?> OwnerAsync(string bucket, CancellationToken cancellation = default) =>
            Task.FromResult<string?>(bucket.Split('-')[0]);
    }
}
