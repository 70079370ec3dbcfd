using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// The messages of the preview surface are those of v1 under the package <c>v1beta1</c>. Clients tell them apart by the type's name in an
/// operation alone, and refuse one of another version than they called.
/// </summary>
internal static class PreviewTypes
{
    private const string Published = "/google.cloud.aiplatform.v1.";
    private const string Preview = "/google.cloud.aiplatform.v1beta1.";

    /// <summary>An answer as the preview surface gives it: what an operation holds has the preview's types.</summary>
    public static IMessage Of(IMessage reply) =>
        reply switch
        {
            Operation operation => Of(operation),
            ListOperationsResponse list => new ListOperationsResponse
            {
                Operations = { list.Operations.Select(Of) },
                NextPageToken = list.NextPageToken,
            },
            _ => reply,
        };

    /// <summary>The published name of a type's name.</summary>
    public static string ToPublished(string type) => type.Replace(Preview, Published, StringComparison.Ordinal);

    private static Operation Of(Operation operation)
    {
        var preview = operation.Clone();
        foreach (var any in (Any?[])[preview.Metadata, preview.ResultCase == Operation.ResultOneofCase.Response ? preview.Response : null])
        {
            if (any is not null)
            {
                any.TypeUrl = any.TypeUrl.Replace(Published, Preview, StringComparison.Ordinal);
            }
        }

        return preview;
    }
}
