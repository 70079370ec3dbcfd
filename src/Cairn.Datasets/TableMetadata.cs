using Cairn.Data;
using Cairn.Kernel.Errors;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Datasets;

/// <summary>The metadata of a table: <c>inputConfig.gcsSource.uri</c>, in either spelling of the fields, one address or a list.</summary>
internal static class TableMetadata
{
    private const int MaxAddresses = 1_000;

    /// <summary>Where the rows are.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT; UNIMPLEMENTED for BigQuery.</exception>
    public static IReadOnlyList<string> Addresses(Value? metadata)
    {
        if (Field(metadata, "inputConfig", "input_config") is not { } input)
        {
            throw StatusException.InvalidArgument(
                "`metadata.inputConfig` is missing; it says where the table is, as {\"inputConfig\": {\"gcsSource\": {\"uri\": [\"gs://bucket/table.csv\"]}}}."
            );
        }

        if (Field(input, "bigquerySource", "bigquery_source") is { } bigquery)
        {
            throw StatusException.Unimplemented(
                $"`metadata.inputConfig.bigquerySource` is '{Address(Field(bigquery, "uri", "uri"))}'; tables of BigQuery are not there yet. Export the table as CSV files to a bucket and name them in `gcsSource`."
            );
        }

        var uri = Field(Field(input, "gcsSource", "gcs_source"), "uri", "uris");
        IReadOnlyList<string> addresses = uri switch
        {
            { KindCase: Value.KindOneofCase.StringValue } => [uri.StringValue],
            { KindCase: Value.KindOneofCase.ListValue }
                when uri.ListValue.Values.All(static v => v.KindCase == Value.KindOneofCase.StringValue) =>
            [
                .. uri.ListValue.Values.Select(static v => v.StringValue),
            ],
            _ => [],
        };
        if (addresses.Count is 0 or > MaxAddresses)
        {
            throw StatusException.InvalidArgument(
                $"`metadata.inputConfig.gcsSource.uri` has {addresses.Count} addresses; it must be a list of 1 to {MaxAddresses} addresses of CSV files, which may have wildcards."
            );
        }

        foreach (var address in addresses)
        {
            _ = GsUri.Parse(address, "metadata.inputConfig.gcsSource.uri");
        }

        return addresses;
    }

    private static Value? Field(Value? value, string name, string other) =>
        value is { KindCase: Value.KindOneofCase.StructValue }
        && (value.StructValue.Fields.TryGetValue(name, out var found) || value.StructValue.Fields.TryGetValue(other, out found))
        && found.KindCase != Value.KindOneofCase.NullValue
            ? found
            : null;

    /// <summary>The client libraries send the address as a list of one.</summary>
    private static string? Address(Value? value) =>
        value?.KindCase == Value.KindOneofCase.ListValue ? value.ListValue.Values.FirstOrDefault()?.StringValue : value?.StringValue;
}
