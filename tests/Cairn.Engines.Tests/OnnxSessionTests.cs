using Cairn.Engines.OnnxRuntime;
using Cairn.OnnxModels;

namespace Cairn.Engines.Tests;

public class OnnxSessionTests
{
    [Fact]
    public void the_runtime_that_came_with_the_program_is_loaded()
    {
        OnnxSession.RuntimeVersion.ShouldStartWith("1.");
        File.ReadLines("/proc/self/maps")
            .Select(static line => line[(line.LastIndexOf(' ') + 1)..])
            .Where(static file => file.Contains("libonnxruntime.so", StringComparison.Ordinal))
            .Distinct()
            .ShouldBe([Path.Combine(AppContext.BaseDirectory, "libonnxruntime.so")]);
    }

    [Fact]
    public void a_session_tells_its_inputs_and_outputs()
    {
        using var session = OnnxSession.Open(SampleModels.LinearRegression());

        session.Inputs.ShouldHaveSingleItem().ToString().ShouldBe("float[?,3]");
        session.Inputs[0].Name.ShouldBe("x");
        session.Outputs.ShouldHaveSingleItem().ToString().ShouldBe("float[?,1]");
    }

    [Fact]
    public void a_batch_of_rows_is_predicted()
    {
        using var session = OnnxSession.Open(SampleModels.LinearRegression());
        using var input = OnnxValue.Tensor(OnnxElementType.Float, 2, 3);
        ((ReadOnlySpan<float>)[1, 1, 1, 0, 0, 2]).CopyTo(input.Span<float>());

        var outputs = session.Run([input], TestContext.Current.CancellationToken);

        using var output = outputs.ShouldHaveSingleItem();
        output.Shape.ToArray().ShouldBe([2, 1]);
        output.Span<float>().ToArray().ShouldBe([6.5f, 6.5f]);
    }

    [Fact]
    public void an_input_of_another_type_than_the_models_is_refused()
    {
        using var session = OnnxSession.Open(SampleModels.LinearRegression());
        using var input = OnnxValue.Tensor(OnnxElementType.Double, 1, 3);

        Should
            .Throw<OnnxException>(() => session.Run([input], TestContext.Current.CancellationToken))
            .Message.ShouldContain("Unexpected input data type");
    }

    [Fact]
    public void doubles_and_integers_are_read_and_written()
    {
        using var session = OnnxSession.Open(SampleModels.TwoInputs());
        using var amount = OnnxValue.Tensor(OnnxElementType.Double, 2, 1);
        using var count = OnnxValue.Tensor(OnnxElementType.Int64, 2, 1);
        ((ReadOnlySpan<double>)[1.5, 2.25]).CopyTo(amount.Span<double>());
        ((ReadOnlySpan<long>)[2, 4]).CopyTo(count.Span<long>());

        using var output = session.Run([amount, count], TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        output.Span<double>().ToArray().ShouldBe([3.0, 9.0]);
    }

    [Fact]
    public void strings_pass_through_unchanged()
    {
        string[] strings = ["plain", "", "größer 😀", "a\"b"];
        using var session = OnnxSession.Open(SampleModels.Strings());
        using var input = OnnxValue.Tensor(OnnxElementType.String, 2, 2);
        input.SetStrings(strings);

        using var output = session.Run([input], TestContext.Current.CancellationToken).ShouldHaveSingleItem();

        output.Strings().ShouldBe(strings);
    }

    [Fact]
    public void a_classifiers_sequence_of_maps_is_read()
    {
        using var session = OnnxSession.Open(SampleModels.TreeClassifier());
        using var input = OnnxValue.Tensor(OnnxElementType.Float, 2, 2);
        ((ReadOnlySpan<float>)[0, 0, 1, 0]).CopyTo(input.Span<float>());

        var outputs = session.Run([input], TestContext.Current.CancellationToken);

        outputs[0].Strings().ShouldBe(["no", "yes"]);
        outputs[1].Kind.ShouldBe(OnnxValueKind.Sequence);
        outputs[1].ItemCount().ShouldBe(2);
        using var second = outputs[1].Item(1);
        second.Kind.ShouldBe(OnnxValueKind.Map);
        using var keys = second.Item(0);
        using var values = second.Item(1);
        keys.Strings()
            .Zip(values.Span<float>().ToArray())
            .ToDictionary()
            .ShouldBe(
                new Dictionary<string, float>
                {
                    ["no"] = 0.125f,
                    ["maybe"] = 0,
                    ["yes"] = 0.875f,
                },
                ignoreOrder: true
            );
    }

    [Fact]
    public void bytes_that_are_no_model_are_refused_with_the_runtimes_reason() =>
        Should.Throw<OnnxException>(() => OnnxSession.Open("this is no model"u8.ToArray())).Message.ShouldNotBeEmpty();

    [Fact]
    public void a_file_that_is_not_there_is_refused_with_its_name() =>
        Should.Throw<OnnxException>(() => OnnxSession.Open("/nowhere/model.onnx")).Message.ShouldContain("/nowhere/model.onnx");

    [Fact]
    public void many_threads_share_a_session()
    {
        using var session = OnnxSession.Open(SampleModels.LinearRegression());
        Parallel.For(
            0,
            2_000,
            i =>
            {
                using var input = OnnxValue.Tensor(OnnxElementType.Float, 1, 3);
                ((ReadOnlySpan<float>)[i, 0, 0]).CopyTo(input.Span<float>());
                using var output = session.Run([input])[0];
                output.Span<float>()[0].ShouldBe(i + 0.5f);
            }
        );
    }

    [Fact]
    public async Task a_session_that_is_disposed_while_it_runs_ends_with_its_last_run()
    {
        var session = OnnxSession.Open(SampleModels.LinearRegression());
        var begun = new CountdownEvent(4);
        var runs = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(() =>
                {
                    using var input = OnnxValue.Tensor(OnnxElementType.Float, 1, 3);
                    ((ReadOnlySpan<float>)[1, 0, 0]).CopyTo(input.Span<float>());
                    for (var i = 0; ; i++)
                    {
                        try
                        {
                            using var output = session.Run([input])[0];
                            output.Span<float>()[0].ShouldBe(1.5f);
                        }
                        catch (ObjectDisposedException)
                        {
                            return;
                        }

                        if (i == 0)
                        {
                            begun.Signal();
                        }
                    }
                })
            )
            .ToList();
        begun.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();

        session.Dispose();
        session.Dispose();

        await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void a_cancelled_run_says_so()
    {
        using var session = OnnxSession.Open(SampleModels.LinearRegression());
        using var input = OnnxValue.Tensor(OnnxElementType.Float, 1, 3);
        Should.Throw<OperationCanceledException>(() => session.Run([input], new CancellationToken(canceled: true)));
    }
}
