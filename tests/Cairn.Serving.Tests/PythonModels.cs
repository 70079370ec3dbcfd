using System.Diagnostics;

namespace Cairn.Serving.Tests;

/// <summary>Trains real models with the system's Python, which the predictors use too.</summary>
internal static class PythonModels
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Runs a script that writes files into a folder; returns them by name. Skips the test where a package is absent.</summary>
    public static async Task<Dictionary<string, byte[]>> MakeAsync(string script, string package)
    {
        if (!File.Exists(Python) || await RunAsync($"import {package}", "/") != 0)
        {
            Assert.Skip($"{Python} with {package} is not installed.");
        }

        var folder = Directory.CreateTempSubdirectory("cairn-model-").FullName;
        try
        {
            (await RunAsync(script, folder)).ShouldBe(0);
            return Directory.GetFiles(folder).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(string script, string folder)
    {
        var start = new ProcessStartInfo(Python) { WorkingDirectory = folder, ArgumentList = { "-c", script } };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
