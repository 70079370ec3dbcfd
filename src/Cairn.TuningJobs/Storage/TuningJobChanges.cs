using Cairn.Kernel.Database;
using Cairn.Kernel.Store;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.TuningJobs.Storage;

/// <summary>Stores a tuning job that has come to another state, and tells those who follow it.</summary>
internal sealed class TuningJobChanges(IResourceStore store, IEnumerable<ITuningJobObserver> observers)
{
    public void Write(ISqlSession session, HyperparameterTuningJob job)
    {
        var stored = store.Update(session, TuningJobKind.Kind, job);
        foreach (var observer in observers)
        {
            observer.Changed(session, stored);
        }
    }
}
