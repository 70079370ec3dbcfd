using Google.Rpc;

namespace Cairn.Jobs.Agent;

/// <summary>A reason for which a task cannot go on, in a sentence for the person whose job it is.</summary>
internal sealed class TaskFailure(Code code, string reason) : Exception(reason)
{
    public Code Code { get; } = code;
}
