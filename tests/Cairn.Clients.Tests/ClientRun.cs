using System.Diagnostics;
using System.Text;

namespace Cairn.Clients.Tests;

/// <summary>A client's program that is running. It is killed with the test.</summary>
public sealed class ClientRun : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();

    public ClientRun(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far, to both its streams.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }
    }
}
