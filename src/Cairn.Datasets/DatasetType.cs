namespace Cairn.Datasets;

/// <summary>What a data set is made of.</summary>
public enum DatasetType
{
    /// <summary>Rows of a table.</summary>
    Tabular,

    /// <summary>Rows of a table with a column of times.</summary>
    TimeSeries,
    Image,
    Text,
    Video,
}
