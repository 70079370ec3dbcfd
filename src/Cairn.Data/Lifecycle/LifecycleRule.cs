namespace Cairn.Data.Lifecycle;

/// <summary>What is done with objects of which every condition holds.</summary>
public sealed record LifecycleRule(LifecycleAction Action, LifecycleCondition Condition);
