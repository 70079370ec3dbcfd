using Cairn.Kernel.Errors;
using Cairn.Tuning.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning;

/// <summary>
/// Studies for the rest of the server: tuning jobs and pipelines use these as the API does. Every method validates what it is given and
/// throws <see cref="StatusException"/>; what has returned is durable. Callers have checked that the caller may touch the project.
/// </summary>
public interface IStudies
{
    /// <summary>Refuses what <see cref="CreateAsync"/> would refuse, for who makes the study later. Nothing is stored.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    void Require(string parent, Study study, StudyOptions options);

    /// <summary>Makes a study. One with the same display name and the same specification is returned as it is.</summary>
    /// <exception cref="StatusException">ALREADY_EXISTS where a study of that display name has another specification;
    /// INVALID_ARGUMENT.</exception>
    Task<Study> CreateAsync(string parent, Study study, StudyOptions options, CancellationToken cancellation = default);

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    Task<Study> GetAsync(StudyName name, CancellationToken cancellation = default);

    /// <summary>Deletes a study with its trials.</summary>
    Task DeleteAsync(StudyName name, CancellationToken cancellation = default);

    /// <summary>
    /// Trials for a client: those that it has open, then trials that users requested, then new ones. Fewer than asked for when the study is
    /// completed.
    /// </summary>
    Task<SuggestTrialsResponse> SuggestAsync(SuggestTrialsRequest request, CancellationToken cancellation = default);

    /// <summary>Adds a user's trial: with a final measurement it is completed, else it is handed out by a later suggestion.</summary>
    Task<Trial> CreateTrialAsync(StudyName study, Trial trial, CancellationToken cancellation = default);

    Task<Trial> GetTrialAsync(TrialName name, CancellationToken cancellation = default);

    /// <summary>Trials by number.</summary>
    /// <param name="study">The study.</param>
    /// <param name="after">Only those after this number.</param>
    /// <param name="count">How many at most.</param>
    Task<IReadOnlyList<Trial>> ListTrialsAsync(StudyName study, long after, int count, CancellationToken cancellation = default);

    /// <summary>Adds an intermediate measurement to a trial that runs.</summary>
    Task<Trial> AddMeasurementAsync(TrialName name, Measurement measurement, CancellationToken cancellation = default);

    /// <summary>
    /// Ends a trial: by <see cref="CompleteTrialRequest.FinalMeasurement"/>, else by one of its measurements, else as infeasible.
    /// </summary>
    Task<Trial> CompleteAsync(CompleteTrialRequest request, CancellationToken cancellation = default);

    /// <summary>Asks a trial's client to stop it: its state becomes STOPPING until it is completed.</summary>
    Task<Trial> StopAsync(TrialName name, CancellationToken cancellation = default);

    Task DeleteTrialAsync(TrialName name, CancellationToken cancellation = default);

    /// <summary>
    /// Why a running trial should stop, by the study's rule; null where it should go on. A trial that should is STOPPING from then on.
    /// </summary>
    Task<string?> ShouldStopAsync(TrialName name, CancellationToken cancellation = default);

    /// <summary>The best trial, or with several objectives those that no other dominates. Unsafe trials do not count.</summary>
    Task<IReadOnlyList<Trial>> OptimalTrialsAsync(StudyName study, CancellationToken cancellation = default);
}
