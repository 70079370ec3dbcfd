namespace Cairn.Serving.Predictors;

/// <summary>Bytes of any kind on their way to a model's server.</summary>
public readonly record struct RawBody(string ContentType, ReadOnlyMemory<byte> Data);
