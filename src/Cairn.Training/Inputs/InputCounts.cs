using Cairn.Datasets.Exports;
using Cairn.Datasets.Splits;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace Cairn.Training.Inputs;

/// <summary>
/// How many rows went where: <c>training_task_metadata.dataItemsCount</c> of a pipeline, and from there <c>data_stats</c> of its model.
/// </summary>
internal static class InputCounts
{
    private const string Field = "dataItemsCount";

    public static Value Of(StagedExport export)
    {
        var counts = new Struct();
        foreach (var set in SplitSets.All)
        {
            counts.Fields[set.Name()] = Value.ForNumber(export.Rows(set));
        }

        counts.Fields["ignored"] = Value.ForNumber(export.Ignored);
        return Value.ForStruct(counts);
    }

    public static void Write(TrainingPipeline pipeline, Value counts) => pipeline.TrainingTaskMetadata.StructValue.Fields[Field] = counts;

    /// <summary>What a model says of its data, or null where the pipeline had none.</summary>
    public static Model.Types.DataStats? Read(TrainingPipeline pipeline) =>
        pipeline.TrainingTaskMetadata is { KindCase: Value.KindOneofCase.StructValue } metadata
        && metadata.StructValue.Fields.TryGetValue(Field, out var counts)
            ? new Model.Types.DataStats
            {
                TrainingDataItemsCount = Count(counts, SplitSet.Training),
                ValidationDataItemsCount = Count(counts, SplitSet.Validation),
                TestDataItemsCount = Count(counts, SplitSet.Test),
            }
            : null;

    private static long Count(Value counts, SplitSet set) => (long)counts.StructValue.Fields[set.Name()].NumberValue;
}
