namespace Cairn.Tensorboards.Events;

/// <summary>A tag of a run, with what its first summary said of it: writers send the metadata once and leave it out afterwards.</summary>
public sealed class Tag(int index, string name, byte[] utf8)
{
    /// <summary>The tag's position in its table, from 0.</summary>
    public int Index { get; } = index;

    public string Name { get; } = name;

    /// <summary>
    /// <c>scalars</c>, <c>histograms</c>, <c>images</c>, <c>text</c>, <c>hparams</c>, <c>pr_curves</c>, …; empty where the file does not
    /// say.
    /// </summary>
    public string PluginName { get; private set; } = "";

    /// <summary>What the plugin keeps for itself.</summary>
    public byte[] PluginData { get; private set; } = [];

    public string DisplayName { get; private set; } = "";

    public string Description { get; private set; } = "";

    public DataClass DataClass { get; private set; }

    internal byte[] Utf8 { get; } = utf8;

    /// <summary>Another tag with the same hash.</summary>
    internal Tag? Collision { get; set; }

    /// <summary>The tag that was seen after this one: writers go through their tags in the same order again and again.</summary>
    internal Tag? Follower { get; set; }

    internal bool HasMetadata { get; private set; }

    internal bool IsScalars { get; private set; }

    internal void Describe(SummaryMetadata metadata)
    {
        HasMetadata = true;
        PluginName = metadata.PluginName;
        PluginData = metadata.PluginData;
        DisplayName = metadata.DisplayName;
        Description = metadata.Description;
        DataClass = metadata.DataClass;
        IsScalars = PluginName == Plugins.Scalars || DataClass == DataClass.Scalar;
    }
}
