namespace Cairn.Models.Runtimes;

/// <summary>What made a model, and so what can run it.</summary>
public enum ModelFramework
{
    /// <summary>Whatever the container does.</summary>
    Custom,
    Onnx,
    Sklearn,
    Xgboost,
    TensorFlow,
    PyTorch,
    LightGbm,
    R,
}
