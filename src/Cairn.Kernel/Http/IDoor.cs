namespace Cairn.Kernel.Http;

/// <summary>
/// A protocol that is not protobuf (Cloud Storage's JSON API, MLflow, …). It translates into capability calls, and holds no state or rules.
/// </summary>
public interface IDoor
{
    /// <summary>Adds the door's routes. Called once at start; conflicting templates stop the start.</summary>
    void Map(IRoutes routes);
}
