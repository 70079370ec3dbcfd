using Cairn.Datasets.Exports;
using Cairn.Datasets.Splits;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.Collections;

namespace Cairn.Training.Inputs;

/// <summary>
/// Tells a job where its data is: <c>AIP_DATA_FORMAT</c>, <c>AIP_TRAINING_DATA_URI</c>, <c>AIP_VALIDATION_DATA_URI</c>,
/// <c>AIP_TEST_DATA_URI</c>, in every pool.
/// </summary>
internal static class InputVariables
{
    public static void Add(CustomJobSpec spec, StagedExport export)
    {
        (string Name, string Value)[] variables =
        [
            ("AIP_DATA_FORMAT", export.Format),
            ("AIP_TRAINING_DATA_URI", export.Pattern(SplitSet.Training)),
            ("AIP_VALIDATION_DATA_URI", export.Pattern(SplitSet.Validation)),
            ("AIP_TEST_DATA_URI", export.Pattern(SplitSet.Test)),
        ];
        foreach (var pool in spec.WorkerPoolSpecs)
        {
            if ((pool.ContainerSpec?.Env ?? pool.PythonPackageSpec?.Env) is { } environment)
            {
                foreach (var (name, value) in variables)
                {
                    Set(environment, name, value);
                }
            }
        }
    }

    private static void Set(RepeatedField<EnvVar> environment, string name, string value)
    {
        if (environment.FirstOrDefault(variable => variable.Name == name) is { } own)
        {
            environment.Remove(own);
        }

        environment.Add(new EnvVar { Name = name, Value = value });
    }
}
