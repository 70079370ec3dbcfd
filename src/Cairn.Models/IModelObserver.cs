using Cairn.Kernel.Database;
using Cairn.Models.Names;

namespace Cairn.Models;

/// <summary>
/// Takes part in the transactions that give a model another display name. Being part of a transaction, it may be called more than once for
/// one change.
/// </summary>
public interface IModelObserver
{
    /// <param name="session">The transaction.</param>
    /// <param name="name">The model, without a version.</param>
    /// <param name="displayName">Its new display name.</param>
    /// <param name="versions">The numbers of all its versions.</param>
    void Renamed(ISqlSession session, ModelName name, string displayName, IReadOnlyCollection<string> versions);
}
