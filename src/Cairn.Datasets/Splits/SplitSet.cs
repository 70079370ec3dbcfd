namespace Cairn.Datasets.Splits;

/// <summary>What a row is for.</summary>
public enum SplitSet
{
    Training,
    Validation,
    Test,
}
