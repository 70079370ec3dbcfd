using System.Globalization;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Names;
using Cairn.Kernel.Store;
using Cairn.Kernel.Time;
using Cairn.Tuning.Names;
using Cairn.Tuning.Specs;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning;

/// <summary>Makes studies.</summary>
internal sealed class StudyCreation(IResourceStore store, IIdSource ids, TimeProvider time)
{
    private const int MaxDisplayName = 128;
    private const int MaxPredecessors = 10;

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void Require(string parent, Study study, StudyOptions options) => Check(parent, study, options, 1);

    public Task<Study> CreateAsync(string parent, Study study, StudyOptions options, CancellationToken cancellation)
    {
        var id = long.Parse(ids.NextNumber(), CultureInfo.InvariantCulture);
        var predecessors = Check(parent, study, options, id);
        return store.WriteAsync(session => Create(session, parent, study, options, predecessors, id), cancellation);
    }

    private static List<StudyName> Check(string parent, Study study, StudyOptions options, long id)
    {
        LocationName.Parse(parent, "parent");
        if (Characters.Count(study.DisplayName) is 0 or > MaxDisplayName)
        {
            throw StatusException.InvalidArgument(
                $"`study.display_name` has {study.DisplayName.Length} characters; it must have 1 to {MaxDisplayName}."
            );
        }

        if (study.StudySpec is null)
        {
            throw StatusException.InvalidArgument("`study.study_spec` is missing; it holds the metrics and parameters.");
        }

        if (options.Predecessors.Count > MaxPredecessors)
        {
            throw StatusException.InvalidArgument(
                $"There are {options.Predecessors.Count} predecessors; a study can learn from {MaxPredecessors}."
            );
        }

        var predecessors = options.Predecessors.Select(name => Predecessor(parent, name)).ToList();
        // What cannot be searched is told now, not at the first suggestion.
        _ = StudyModel.Make(study.StudySpec, id, options.Algorithm, [.. predecessors.Select(static name => name.Id)]);
        return predecessors;
    }

    private Study Create(ISqlSession session, string parent, Study study, StudyOptions options, List<StudyName> predecessors, long id)
    {
        foreach (var predecessor in predecessors)
        {
            StudyTable.Get(session, predecessor);
        }

        if (StudyTable.Find(session, parent, study.DisplayName) is { } other)
        {
            var existing = store.Find<Study>(session, TuningSchema.Study, new StudyName(parent, other).ToString())!;
            return existing.StudySpec.Equals(study.StudySpec)
                ? existing
                : throw StatusException.AlreadyExists(
                    $"Study '{existing.Name}' with the display name '{study.DisplayName}' exists already, and has another specification. Use that one, or choose another name."
                );
        }

        var name = new StudyName(parent, id);
        var now = time.GetUtcNow();
        StudyTable.Insert(
            session,
            new StudyRow(
                id,
                parent,
                Study.Types.State.Active,
                now,
                0,
                options.Algorithm,
                [.. predecessors.Select(static predecessor => predecessor.Id)]
            ),
            study.DisplayName
        );
        return store.Insert(
            session,
            TuningSchema.Study,
            new Study
            {
                Name = name.ToString(),
                DisplayName = study.DisplayName,
                StudySpec = study.StudySpec,
                State = Study.Types.State.Active,
            }
        );
    }

    private static StudyName Predecessor(string parent, string text)
    {
        var name = StudyName.Parse(text, "predecessors");
        return name.Parent == parent
            ? name
            : throw StatusException.InvalidArgument(
                $"The predecessor '{text}' lies outside '{parent}'; a study learns from studies of its own location."
            );
    }
}
