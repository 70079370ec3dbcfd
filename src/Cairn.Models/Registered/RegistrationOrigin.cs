namespace Cairn.Models.Registered;

/// <summary>What a version was registered from, as the caller told it.</summary>
/// <param name="Source">In the caller's words: an address, or the name of a run's files or of another version.</param>
/// <param name="Run">The run that made it, or empty.</param>
/// <param name="RunLink">Where the run can be looked at, or empty.</param>
/// <param name="User">Who registered it, or empty.</param>
/// <param name="Location">The address of its files when it was registered; empty where the source is that.</param>
/// <param name="ModelId">The logged model that it is, or empty.</param>
public sealed record RegistrationOrigin(
    string Source,
    string Run = "",
    string RunLink = "",
    string User = "",
    string Location = "",
    string ModelId = ""
);
