namespace Cairn.Serving.Python;

/// <summary>A frame from a worker.</summary>
/// <param name="Kind"><c>H</c> hello, <c>R</c> result, <c>E</c> error.</param>
/// <param name="Payload">JSON.</param>
internal readonly record struct WorkerReply(char Kind, byte[] Payload);
