namespace Cairn.Models;

/// <summary>Is told of changes to a model after they were committed, and before the caller is answered.</summary>
public interface IModelObserver
{
    /// <param name="model">The model's name without a version.</param>
    /// <param name="cancellation">The call's.</param>
    Task ChangedAsync(string model, CancellationToken cancellation);
}
