using System.Diagnostics;

namespace Cairn.Serving.Tests;

/// <summary>Makes real models with the system's R, which the predictors use too.</summary>
internal static class RModels
{
    private const string Rscript = "/usr/bin/Rscript";

    /// <summary>Runs a script that writes <c>model.rds</c>. Skips the test where R is absent.</summary>
    public static async Task<Dictionary<string, byte[]>> MakeAsync(string script)
    {
        if (!File.Exists(Rscript))
        {
            Assert.Skip("R is not installed (Debian: r-base-core, r-cran-jsonlite).");
        }

        var folder = Directory.CreateTempSubdirectory("cairn-model-").FullName;
        try
        {
            var start = new ProcessStartInfo(Rscript, ["--vanilla", "-e", script]) { WorkingDirectory = folder };
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            return new() { ["model.rds"] = await File.ReadAllBytesAsync(Path.Combine(folder, "model.rds")) };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
