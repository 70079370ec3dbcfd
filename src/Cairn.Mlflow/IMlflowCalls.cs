namespace Cairn.Mlflow;

/// <summary>A group of MLflow's calls.</summary>
public interface IMlflowCalls
{
    void Map(MlflowRoutes routes);
}
