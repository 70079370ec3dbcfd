using System.Text.Json.Serialization;

namespace Cairn.Jobs.Environments;

/// <summary>What <c>check_requirements.py</c> prints.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RequirementCheck))]
internal sealed partial class RequirementJson : JsonSerializerContext;
