using Cairn.Kernel.Http;

namespace Cairn.Mlflow;

/// <summary>Adds MLflow's routes under each root that its clients and pages use, with MLflow's form of errors.</summary>
public sealed class MlflowRoutes(IRoutes server)
{
    /// <summary>MLflow refuses a batch of more than a million bytes; other calls carry schemas and models.</summary>
    private const long MaxBody = 16 << 20;

    private static readonly string[] Prefixes = ["", "/projects/{project}/locations/{location}"];
    private static readonly string[] Roots = ["/api", "/ajax-api"];

    /// <param name="method">The HTTP method.</param>
    /// <param name="path">From the version on: <c>2.0/mlflow/runs/get</c>.</param>
    /// <param name="permission">What the caller needs.</param>
    /// <param name="handler">What answers.</param>
    public void Add(string method, string path, string permission, Func<MlflowCall, Task> handler) =>
        Add(method, path, permission, handler, MaxBody);

    /// <summary>A route whose body is a file: streamed, without a limit.</summary>
    public void AddStreamed(string method, string path, string permission, Func<MlflowCall, Task> handler) =>
        Add(method, path, permission, handler, null);

    /// <summary>A route at the server's root.</summary>
    public void AddAtRoot(string method, string path, string permission, Func<MlflowCall, Task> handler)
    {
        foreach (var prefix in Prefixes)
        {
            server.Add(
                method,
                $"{prefix}/{path}",
                permission,
                (context, values) => handler(new MlflowCall(context, values)),
                MaxBody,
                MlflowErrors.WriteAsync
            );
        }
    }

    private void Add(string method, string path, string permission, Func<MlflowCall, Task> handler, long? maxBody)
    {
        foreach (var prefix in Prefixes)
        {
            foreach (var root in Roots)
            {
                server.Add(
                    method,
                    $"{prefix}{root}/{path}",
                    permission,
                    (context, values) => handler(new MlflowCall(context, values)),
                    maxBody,
                    MlflowErrors.WriteAsync
                );
            }
        }
    }
}
