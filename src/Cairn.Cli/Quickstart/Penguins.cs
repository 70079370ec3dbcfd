namespace Cairn.Cli.Quickstart;

/// <summary>The names in the quickstart's project.</summary>
internal static class Penguins
{
    public const string TrainingImage = "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-0:latest";
    public const string PredictionImage = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";
    public const string Module = "penguins.task";
    public const string Package = "penguins";
    public const string PackageVersion = "0.1.0";
    public const string ModelId = "penguins";
    public const string EndpointId = "penguins";

    /// <summary>
    /// Beak length and depth and flipper length in mm, body mass in g; typical birds of each species (the means over the data set).
    /// </summary>
    public static IReadOnlyList<(string Species, double[] Measures)> Samples { get; } =
    [("Adelie", [38.8, 18.3, 190, 3701]), ("Chinstrap", [48.8, 18.4, 196, 3733]), ("Gentoo", [47.5, 15.0, 217, 5076])];

    public static string BucketOf(string project) => $"{project}-quickstart";
}
