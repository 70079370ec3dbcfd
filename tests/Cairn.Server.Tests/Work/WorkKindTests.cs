namespace Cairn.Server.Tests.Work;

/// <summary>The kinds that there are, one after the other on one server of PostgreSQL.</summary>
[CollectionDefinition(nameof(WorkKinds))]
public sealed class WorkKinds : ICollectionFixture<PostgresOnce>;

[Collection(nameof(WorkKinds))]
public sealed class OperationKindTests(PostgresOnce postgres) : WorkKindConformance(postgres)
{
    private protected override WorkScenario Scenario { get; } = new OperationScenario();
}

[Collection(nameof(WorkKinds))]
public sealed class TuningJobKindTests(PostgresOnce postgres) : WorkKindConformance(postgres)
{
    private protected override WorkScenario Scenario { get; } = new TuningJobScenario();
}

[Collection(nameof(WorkKinds))]
public sealed class ExportKindTests(PostgresOnce postgres) : WorkKindConformance(postgres)
{
    private protected override WorkScenario Scenario { get; } = new ExportScenario();
}

[Collection(nameof(WorkKinds))]
public sealed class UploadKindTests(PostgresOnce postgres) : WorkKindConformance(postgres)
{
    private protected override WorkScenario Scenario { get; } = new UploadScenario();
}
