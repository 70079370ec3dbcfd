using System.Collections.Concurrent;
using Cairn.Kernel.Errors;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Checks what the published API marks REQUIRED at the top of a request, so that no handler sees an empty name or a missing message.
/// </summary>
internal static class RequiredFields
{
    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Required = new();

    /// <summary>
    /// Marked required, and yet left out by clients whom an empty value serves: a worker without a name gets new trials each time.
    /// </summary>
    private static readonly HashSet<string> MayBeEmpty = ["google.cloud.aiplatform.v1.SuggestTrialsRequest.client_id"];

    /// <exception cref="StatusException">INVALID_ARGUMENT naming the field.</exception>
    public static void Check(IMessage request)
    {
        foreach (var field in Required.GetOrAdd(request.Descriptor, Find))
        {
            var value = field.Accessor.GetValue(request);
            if (value is null or string { Length: 0 })
            {
                throw StatusException.InvalidArgument($"`{field.Name}` is required in {request.Descriptor.Name} and is missing.");
            }
        }
    }

    // Update masks are marked required, and real clients leave them out: without one, what the body sets is updated.
    private static FieldDescriptor[] Find(MessageDescriptor message) =>
        [
            .. message
                .Fields.InDeclarationOrder()
                .Where(static field =>
                    !field.IsRepeated
                    && !MayBeEmpty.Contains(field.FullName)
                    && (
                        field.FieldType == FieldType.String
                        || (field.FieldType == FieldType.Message && field.MessageType.FullName != FieldMask.Descriptor.FullName)
                    )
                    && field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(FieldBehavior.Required) == true
                ),
        ];
}
