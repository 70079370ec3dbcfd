namespace Cairn.Tracking.Runs;

/// <summary>What is deleted softly stays until it is removed for good, and can be restored.</summary>
public enum Lifecycle
{
    Active = 0,
    Deleted = 1,
}
