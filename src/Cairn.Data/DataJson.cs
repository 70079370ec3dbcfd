using System.Text.Json.Serialization;
using Cairn.Data.Buckets;
using Cairn.Data.Objects;
using Cairn.Data.Uploads;

namespace Cairn.Data;

/// <summary>How the JSON columns are written and read.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase
)]
[JsonSerializable(typeof(ObjectMetadata))]
[JsonSerializable(typeof(BucketSettings))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DataJson : JsonSerializerContext;
