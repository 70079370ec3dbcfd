namespace Cairn.Data.Gcs;

/// <summary>Handlers of one part of the JSON API.</summary>
public interface IGcsHandlers
{
    void Map(GcsRoutes routes);
}
