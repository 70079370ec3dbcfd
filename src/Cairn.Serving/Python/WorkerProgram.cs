using Cairn.Kernel.Hosting;
using Cairn.Models.Runtimes;
using Cairn.Serving.Predictors;

namespace Cairn.Serving.Python;

/// <summary>The program that serves models of a framework in worker processes.</summary>
/// <param name="Interpreter">Its interpreter's absolute path.</param>
/// <param name="Install">How one gets that.</param>
/// <param name="CodeFolder">The folder that it is in.</param>
/// <param name="Arguments">The interpreter's arguments, from the places where it finds that folder and the model's.</param>
public sealed record WorkerProgram(string Interpreter, string Install, string CodeFolder, Func<string, string, string[]> Arguments)
{
    /// <summary>
    /// Whether the program opens its output by name. R writes bytes to nothing else, and the pipe is the server's: another user may not
    /// open it.
    /// </summary>
    public bool OpensItsOutput { get; init; }

    public static WorkerProgram Of(PredictorSpec spec, ServerEnvironment environment, ServingOptions options)
    {
        if (spec.Framework == ModelFramework.R)
        {
            return new WorkerProgram(
                spec.Image?.Interpreter ?? "/usr/bin/Rscript",
                "on Debian, apt-get install r-base-core r-cran-jsonlite",
                options.RFolder,
                static (code, model) => ["--vanilla", $"{code}/predictor.R", model]
            )
            {
                OpensItsOutput = true,
            };
        }

        var framework = spec.Framework switch
        {
            ModelFramework.Sklearn => "sklearn",
            ModelFramework.LightGbm => "lightgbm",
            ModelFramework.PyTorch => "pytorch",
            _ => "xgboost",
        };
        return new WorkerProgram(
            spec.Image?.Interpreter ?? environment.Python,
            "on Debian, apt-get install python3",
            options.PythonFolder,
            (code, model) => ["-I", "-B", $"{code}/predictor.py", framework, model]
        );
    }
}
