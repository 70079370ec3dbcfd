using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Models;
using Cairn.Models.Runtimes;
using Cairn.Serving.Predictors;
using Microsoft.Extensions.Logging;

namespace Cairn.Serving.Python;

/// <summary>Runs models of scikit-learn, XGBoost, LightGBM, PyTorch and R in supervised processes of Python or R.</summary>
public sealed class PythonPredictorRuntime(
    ModelRegistry registry,
    Sandbox sandbox,
    ChildLauncher launcher,
    ServerEnvironment environment,
    ServingOptions options,
    TimeProvider time,
    ILogger<PythonPredictorRuntime> logger
) : IPredictorRuntime
{
    public string Name => "python";

    public async Task<IPredictor> StartAsync(PredictorSpec spec, CancellationToken cancellation)
    {
        var artifacts =
            spec.Model.Artifacts
            ?? throw StatusException.FailedPrecondition($"Model '{spec.Model.Name}' has no `artifact_uri` to load from.");
        var folder = await registry.OpenFilesAsync(artifacts, cancellation);
        var program = WorkerProgram.Of(spec, environment, options);
        if (!File.Exists(program.Interpreter))
        {
            throw StatusException.FailedPrecondition(
                $"The interpreter '{program.Interpreter}' that serves {spec.Framework} models is not there; install it ({program.Install}), or name another in {PredictionImages.FileName}."
            );
        }

        var pool = new WorkerPool(
            token => StartWorkerAsync(spec, program, folder, token),
            new PoolSize(spec.MinReplicas, spec.MaxReplicas, options.IdleReplica),
            spec.Title,
            time,
            logger
        );
        try
        {
            await pool.StartAsync(cancellation);
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }

        return new PythonPredictor(pool, spec.Title);
    }

    private async Task<PythonWorker> StartWorkerAsync(
        PredictorSpec spec,
        WorkerProgram program,
        string folder,
        CancellationToken cancellation
    )
    {
        using var command = await sandbox.CommandAsync(program, folder);
        var worker = await PythonWorker.StartAsync(launcher, command.Start, spec.Title, logger);
        var ready = false;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(options.StartTimeout);
            var hello = await worker.ReadAsync(deadline.Token);
            if (hello.Kind == 'E')
            {
                throw StatusException.FailedPrecondition(
                    $"Model '{spec.Model.Name}' does not load: {WorkerError.Read(hello.Payload).Message}"
                );
            }

            ready = true;
            return worker;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw StatusException.FailedPrecondition(
                $"Model '{spec.Model.Name}' did not load within {options.StartTimeout.TotalSeconds:0} s."
            );
        }
        catch (IOException)
        {
            var code = await worker.Exited.WaitAsync(TimeSpan.FromSeconds(2), cancellation);
            throw StatusException.FailedPrecondition(
                $"The predictor process of model '{spec.Model.Name}' ended while it loaded the model: {EndOfProcess.Describe(code)}. {worker.LastLines(3)}"
            );
        }
        finally
        {
            if (!ready)
            {
                worker.Kill();
                await worker.DisposeAsync();
            }
        }
    }
}
