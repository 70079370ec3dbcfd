using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Models;

/// <summary>Where models are deployed; the serving capability answers it.</summary>
public interface IModelDeployments
{
    /// <summary>Every deployment of a model, or of one version of it.</summary>
    /// <param name="session">The caller's transaction or snapshot.</param>
    /// <param name="model">The model's name without a version.</param>
    /// <param name="version">A version's number, or null for all.</param>
    IReadOnlyList<DeployedModelRef> Find(ISqlSession session, string model, string? version);
}
