using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tuning.Names;
using Cairn.Tuning.Storage;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tuning.Specs;

/// <summary>Studies made ready for use; kept, since a specification never changes and a study's number never returns.</summary>
internal sealed class StudyModels(IDatabase database, IResourceStore store)
{
    private const int Capacity = 1_000;

    private readonly ConcurrentDictionary<StudyName, StudyModel> _kept = new();

    /// <exception cref="StatusException">NOT_FOUND.</exception>
    public async Task<StudyModel> GetAsync(StudyName name, CancellationToken cancellation)
    {
        if (_kept.TryGetValue(name, out var known))
        {
            return known;
        }

        var model = await database.ReadAsync(
            session =>
            {
                var row = StudyTable.Get(session, name);
                var study = store.Find<Study>(session, TuningSchema.Study, name.ToString()) ?? throw StudyTable.Missing(name);
                return StudyModel.Make(study.StudySpec, name.Id, row.Algorithm, row.Predecessors);
            },
            cancellation
        );
        if (_kept.Count >= Capacity)
        {
            _kept.Clear();
        }

        return _kept[name] = model;
    }

    public void Forget(StudyName name) => _kept.TryRemove(name, out _);
}
