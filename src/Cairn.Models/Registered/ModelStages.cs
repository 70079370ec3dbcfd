using System.Collections.Immutable;

namespace Cairn.Models.Registered;

/// <summary>The stages that a version of a model can be in, in the order in which it goes through them.</summary>
public static class ModelStages
{
    public const string None = "None";
    public const string Staging = "Staging";
    public const string Production = "Production";
    public const string Archived = "Archived";

    public static ImmutableArray<string> All { get; } = [None, Staging, Production, Archived];

    /// <summary>Whether versions in the stage are in use, so that one of them takes another's place.</summary>
    public static bool IsActive(string stage) => stage is Staging or Production;
}
