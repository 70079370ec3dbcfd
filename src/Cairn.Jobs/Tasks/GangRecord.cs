namespace Cairn.Jobs.Tasks;

/// <summary>What one attempt of a job consists of. Written when all its replicas' records are.</summary>
/// <param name="Task">The task's id: its job's number.</param>
/// <param name="Attempt">1 for the first attempt.</param>
/// <param name="Executor">Who runs the replicas.</param>
/// <param name="Pools">How many replicas each worker pool has.</param>
public sealed record GangRecord(string Task, int Attempt, string Executor, IReadOnlyList<int> Pools);
