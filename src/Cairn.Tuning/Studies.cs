using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Cairn.Tuning.Suggesting;
using Cairn.Tuning.Trials;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning;

/// <summary>The capability's parts behind one interface.</summary>
internal sealed class Studies(
    IResourceStore store,
    StudyCreation creation,
    StudyDeletion deletion,
    Suggestions suggestions,
    TrialReads reads,
    TrialWrites writes,
    EarlyStopping stopping
) : IStudies
{
    public void Require(string parent, Study study, StudyOptions options) => StudyCreation.Require(parent, study, options);

    public Task<Study> CreateAsync(string parent, Study study, StudyOptions options, CancellationToken cancellation = default) =>
        creation.CreateAsync(parent, study, options, cancellation);

    public Task<Study> GetAsync(StudyName name, CancellationToken cancellation = default) =>
        store.GetAsync<Study>(TuningSchema.Study, name.ToString(), cancellation);

    public Task DeleteAsync(StudyName name, CancellationToken cancellation = default) => deletion.DeleteAsync(name, cancellation);

    public Task<SuggestTrialsResponse> SuggestAsync(SuggestTrialsRequest request, CancellationToken cancellation = default) =>
        suggestions.SuggestAsync(request, static (_, response) => response, cancellation);

    public Task<Trial> CreateTrialAsync(StudyName study, Trial trial, CancellationToken cancellation = default) =>
        writes.CreateAsync(study, trial, cancellation);

    public Task<Trial> GetTrialAsync(TrialName name, CancellationToken cancellation = default) => reads.GetAsync(name, cancellation);

    public Task<IReadOnlyList<Trial>> ListTrialsAsync(StudyName study, long after, int count, CancellationToken cancellation = default) =>
        reads.ListAsync(study, after, count, cancellation);

    public Task<Trial> AddMeasurementAsync(TrialName name, Measurement measurement, CancellationToken cancellation = default) =>
        writes.AddMeasurementAsync(name, measurement, cancellation);

    public Task<Trial> CompleteAsync(CompleteTrialRequest request, CancellationToken cancellation = default) =>
        writes.CompleteAsync(request, cancellation);

    public Task<Trial> StopAsync(TrialName name, CancellationToken cancellation = default) => writes.StopAsync(name, cancellation);

    public Task DeleteTrialAsync(TrialName name, CancellationToken cancellation = default) => writes.DeleteAsync(name, cancellation);

    public Task<string?> ShouldStopAsync(TrialName name, CancellationToken cancellation = default) =>
        stopping.ShouldStopAsync(name, cancellation);

    public Task<IReadOnlyList<Trial>> OptimalTrialsAsync(StudyName study, CancellationToken cancellation = default) =>
        reads.OptimalAsync(study, cancellation);
}
