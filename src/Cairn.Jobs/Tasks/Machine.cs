using System.Text;
using Cairn.Jobs.Interop;
using Cairn.Kernel.Hosting;

namespace Cairn.Jobs.Tasks;

/// <summary>
/// The machine that this server runs on, as far as tasks go: the folder <c>jobs</c> of its data, with a name that outlives the server
/// process. Tasks that were begun here can only be found again here. One server process at a time has the data folder.
/// </summary>
internal sealed class Machine
{
    public Machine(ServerEnvironment server)
    {
        Jobs = Path.Combine(server.DataDirectory, "jobs");
        Directory.CreateDirectory(Jobs, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(Jobs, "machine");
        if (!File.Exists(file))
        {
            DurableFile.Write(file, Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("n")));
        }

        Name = File.ReadAllText(file);
    }

    /// <summary>The folder of all tasks' folders.</summary>
    public string Jobs { get; }

    public string Name { get; }

    /// <summary>Where agents find the server's present URL.</summary>
    public string EndpointFile => Path.Combine(Jobs, "endpoint");

    public void WriteEndpoint(Uri url) => DurableFile.Write(EndpointFile, Encoding.UTF8.GetBytes(url.ToString().TrimEnd('/')));

    public GangDirectory Attempt(TaskRow task) => new(Jobs, task.Id, task.Attempt);
}
