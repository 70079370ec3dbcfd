using Cairn.Kernel.Errors;

namespace Cairn.Jobs.Executors;

/// <summary>
/// All executors, also those that new jobs do not use: jobs begun under another configuration are looked after to their end.
/// </summary>
internal sealed class ExecutorSet(IEnumerable<IExecutor> executors, JobsOptions options)
{
    public IExecutor this[string name] =>
        executors.FirstOrDefault(candidate => candidate.Name == name)
        ?? throw new StatusException(Google.Rpc.Code.Internal, $"This server has no executor '{name}'.");

    /// <summary>Where a new task runs whose image runs on one machine in a given way (<c>process</c> or <c>podman</c>).</summary>
    public string For(string launcher) =>
        options.Executor == JobsExecutor.Local ? launcher : options.Executor.ToString().ToLowerInvariant();
}
