namespace Cairn.OnnxModels;

/// <summary>Small models whose answers can be worked out by hand.</summary>
public static class SampleModels
{
    /// <summary><c>y = 1·a + 2·b + 3·c + 0.5</c> over an input <c>x</c> of float[?,3]; output <c>y</c>, float[?,1].</summary>
    public static byte[] LinearRegression() =>
        new OnnxGraph()
            .Input("x", OnnxGraph.Float, null, 3)
            .Weights("w", [1, 2, 3], 3, 1)
            .Weights("b", [0.5f], 1)
            .Node("MatMul", ["x", "w"], ["xw"])
            .Node("Add", ["xw", "b"], ["y"])
            .Output("y", OnnxGraph.Float, null, 1)
            .ToBytes();

    /// <summary>The same with another bias, to tell two deployed models apart.</summary>
    public static byte[] Biased(float bias) =>
        new OnnxGraph()
            .Input("x", OnnxGraph.Float, null, 3)
            .Weights("w", [1, 2, 3], 3, 1)
            .Weights("b", [bias], 1)
            .Node("MatMul", ["x", "w"], ["xw"])
            .Node("Add", ["xw", "b"], ["y"])
            .Output("y", OnnxGraph.Float, null, 1)
            .ToBytes();

    /// <summary>Two classes by softmax over two features; outputs <c>label</c> (int64) and <c>probabilities</c> (float[?,2]).</summary>
    public static byte[] Logistic() =>
        new OnnxGraph()
            .Input("features", OnnxGraph.Float, null, 2)
            .Weights("w", [1, -1, 1, -1], 2, 2)
            .Node("MatMul", ["features", "w"], ["scores"])
            .Node("Softmax", ["scores"], ["probabilities"], "", ("axis", 1L))
            .Node("ArgMax", ["probabilities"], ["label"], "", ("axis", 1L), ("keepdims", 0L))
            .Output("label", OnnxGraph.Int64, [null])
            .Output("probabilities", OnnxGraph.Float, null, 2)
            .ToBytes();

    /// <summary>
    /// Two named inputs of one row each: <c>amount</c> (double[?,1]) and <c>count</c> (int64[?,1]); <c>total = amount · count</c>, double.
    /// </summary>
    public static byte[] TwoInputs() =>
        new OnnxGraph()
            .Input("amount", OnnxGraph.Double, null, 1)
            .Input("count", OnnxGraph.Int64, null, 1)
            .Node("Cast", ["count"], ["count_double"], "", ("to", (long)OnnxGraph.Double))
            .Node("Mul", ["amount", "count_double"], ["total"])
            .Output("total", OnnxGraph.Double, null, 1)
            .ToBytes();

    /// <summary>Strings pass through: <c>text</c> string[?,2] to <c>same</c>.</summary>
    public static byte[] Strings() =>
        new OnnxGraph()
            .Input("text", OnnxGraph.String, null, 2)
            .Node("Identity", ["text"], ["same"])
            .Output("same", OnnxGraph.String, null, 2)
            .ToBytes();

    /// <summary>
    /// A tree that splits <c>x[0] ≤ 0.5</c>: mostly class <c>"no"</c> on the left, mostly <c>"yes"</c> on the right; output <c>label</c>
    /// (string) and <c>probabilities</c>, a sequence of maps from class to probability, as scikit-learn's converter emits.
    /// </summary>
    public static byte[] TreeClassifier() =>
        new OnnxGraph()
            .Input("x", OnnxGraph.Float, null, 2)
            .Node(
                "TreeEnsembleClassifier",
                ["x"],
                ["label", "scores"],
                "ai.onnx.ml",
                ("nodes_treeids", new long[] { 0, 0, 0 }),
                ("nodes_nodeids", new long[] { 0, 1, 2 }),
                ("nodes_featureids", new long[] { 0, 0, 0 }),
                ("nodes_values", new[] { 0.5f, 0, 0 }),
                ("nodes_hitrates", new[] { 1f, 1, 1 }),
                ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF" }),
                ("nodes_truenodeids", new long[] { 1, 0, 0 }),
                ("nodes_falsenodeids", new long[] { 2, 0, 0 }),
                ("nodes_missing_value_tracks_true", new long[] { 0, 0, 0 }),
                ("class_treeids", new long[] { 0, 0, 0, 0, 0, 0 }),
                ("class_nodeids", new long[] { 1, 1, 1, 2, 2, 2 }),
                ("class_ids", new long[] { 0, 1, 2, 0, 1, 2 }),
                ("class_weights", new[] { 0.75f, 0.25f, 0, 0.125f, 0, 0.875f }),
                ("classlabels_strings", new[] { "no", "maybe", "yes" }),
                ("post_transform", "NONE")
            )
            .Node("ZipMap", ["scores"], ["probabilities"], "ai.onnx.ml", ("classlabels_strings", new[] { "no", "maybe", "yes" }))
            .Output("label", OnnxGraph.String, [null])
            .MapOutput("probabilities", OnnxGraph.String)
            .ToBytes();
}
