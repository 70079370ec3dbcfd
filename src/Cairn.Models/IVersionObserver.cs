using Cairn.Kernel.Database;
using Cairn.Models.Names;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>Takes part in the transactions that add and remove versions.</summary>
public interface IVersionObserver
{
    /// <param name="session">The transaction.</param>
    /// <param name="name">The model's name with the version's number.</param>
    /// <param name="version">The version as it was stored, with the model's display name where it has none of its own.</param>
    void Added(ISqlSession session, ModelName name, Model version);

    void Removed(ISqlSession session, ModelName name);
}
