namespace Cairn.Models.Runtimes;

/// <summary>One line of the table that maps prediction images to what runs here in their place.</summary>
/// <param name="Pattern">The image's name without its tag or digest; <c>*</c> stands for any characters.</param>
/// <param name="Framework">What the image serves.</param>
/// <param name="Predictor">The predictor that serves it here: <c>onnx</c>, <c>python</c>, <c>r</c> or <c>container</c>; empty where nothing
/// does yet.</param>
/// <param name="Interpreter">For <c>python</c> and <c>r</c>: the interpreter; null for the server's own Python, or the system's
/// Rscript.</param>
/// <param name="Image">For <c>container</c>: the image to run instead; null for the one that was asked for.</param>
public sealed record PredictionImage(
    string Pattern,
    ModelFramework Framework,
    string Predictor,
    string? Interpreter = null,
    string? Image = null
);
