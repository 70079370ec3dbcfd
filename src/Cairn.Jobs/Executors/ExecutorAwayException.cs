namespace Cairn.Jobs.Executors;

/// <summary>A scheduler does not answer. What it was asked is asked again later; nothing is concluded of its tasks.</summary>
internal sealed class ExecutorAwayException(string message) : Exception(message);
