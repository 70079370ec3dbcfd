using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Cli.Api;

/// <summary>Messages to and from the API's JSON.</summary>
internal static class ProtoJson
{
    // Only operations carry packed messages, and loading every descriptor costs a tenth of a second: made when first needed.
    private static readonly Lazy<TypeRegistry> Registry = new(() =>
        TypeRegistry.FromFiles(
            CustomJob.Descriptor.File,
            JobServiceReflection.Descriptor,
            ModelServiceReflection.Descriptor,
            EndpointServiceReflection.Descriptor,
            DatasetServiceReflection.Descriptor,
            PipelineServiceReflection.Descriptor,
            MetadataServiceReflection.Descriptor,
            TensorboardServiceReflection.Descriptor,
            VizierServiceReflection.Descriptor,
            Google.Rpc.ErrorDetailsReflection.Descriptor
        )
    );

    public static T Parse<T>(string json)
        where T : IMessage<T>, new()
    {
        // A newer server may say more than this program knows.
        var settings = JsonParser.Settings.Default.WithIgnoreUnknownFields(true);
        if (json.Contains("\"@type\"", StringComparison.Ordinal))
        {
            settings = settings.WithTypeRegistry(Registry.Value);
            json = PackedEmpty.Complete(json);
        }

        return new JsonParser(settings).Parse<T>(json);
    }

    /// <summary>Parses what a person wrote: an unknown field is a mistake that is told.</summary>
    public static T ParseStrict<T>(string json)
        where T : IMessage<T>, new() => new JsonParser(JsonParser.Settings.Default).Parse<T>(json);

    public static string Format(IMessage message) =>
        new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(HasAny(message) ? Registry.Value : TypeRegistry.Empty)).Format(
            message
        );

    private static bool HasAny(IMessage message) => message is Google.LongRunning.Operation;
}
