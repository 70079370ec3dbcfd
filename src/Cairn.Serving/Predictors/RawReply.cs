namespace Cairn.Serving.Predictors;

/// <summary>What a model's server answered.</summary>
public readonly record struct RawReply(string ContentType, ReadOnlyMemory<byte> Data);
