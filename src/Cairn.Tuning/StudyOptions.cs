namespace Cairn.Tuning;

/// <summary>What a study can have that the published API has no field for.</summary>
public sealed record StudyOptions
{
    /// <summary>
    /// An algorithm's name (<c>gp-bandit</c>, <c>random</c>, <c>grid</c>, <c>quasi-random</c>, <c>tpe</c>, <c>cma-es</c>, <c>nsga2</c>) for
    /// those that the API's enum lacks; empty to go by the enum.
    /// </summary>
    public string Algorithm { get; init; } = "";

    /// <summary>Names of studies in the same location to learn from, oldest first.</summary>
    public IReadOnlyList<string> Predecessors { get; init; } = [];
}
