using Cairn.Kernel.Errors;
using Cairn.Processes.Sandboxing;
using Cairn.Serving.Python;
using Google.Rpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Serving.Tests.Bugs;

/// <summary>What a hostile pickle reached for while it was loaded, and must not get.</summary>
public sealed class PickleSandboxTests
{
    private const string Image = "us-docker.pkg.dev/vertex-ai/prediction/sklearn-cpu.1-0:latest";

    /// <summary>Loading it runs a program, which ends in an error that tells what it could do.</summary>
    private const string Hostile = """
        import pickle
        code = '''
        import os, socket
        found = []
        for path in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/model/model.pkl", "/usr/written", "/written", "/dev/written"]:
            try:
                os.close(os.open(path, os.O_WRONLY | (os.O_CREAT if "written" in path else 0)))
                found.append(path)
            except OSError:
                pass
        found += [path for path in ["/opt", "/sys/kernel", "/home", "/root"] if os.path.exists(path)]
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        open("/tmp/scratch", "w").close()
        import resource
        for limit, most in [(resource.RLIMIT_NPROC, 4096), (resource.RLIMIT_NOFILE, 16384), (resource.RLIMIT_CORE, 0)]:
            if not 0 <= resource.getrlimit(limit)[1] <= most:
                found.append(limit)
        for folder in ["/tmp", "/dev/shm"]:
            if os.statvfs(folder).f_frsize * os.statvfs(folder).f_blocks > 1 << 30:
                found.append(folder)
        raise RuntimeError("found %s root %s filter %s capabilities %d interfaces %s" % (
            found, os.geteuid() == 0, status["Seccomp"].strip(), int(status["CapEff"], 16), [name for _, name in socket.if_nameindex()]))
        '''
        class Load:
            def __reduce__(self):
                return exec, (code,)
        pickle.dump(Load(), open("model.pkl", "wb"))
        """;

    [Fact]
    public async Task a_hostile_pickle_is_nobody_and_finds_nothing()
    {
        var files = await PythonModels.MakeAsync(Hostile, "sklearn");
        await using var serving = await ServingHost.StartAsync();
        var endpoint = await serving.CreateEndpointAsync();

        var operation = await serving.Host.EndAsync(serving.StartDeployAsync(endpoint, await serving.UploadAsync("hostile", Image, files)));

        operation.Error.Message.ShouldContain(
            Environment.IsPrivilegedProcess ? "found [] root False filter 2 capabilities 0 interfaces ['lo']" : "found []"
        );
    }

    [Fact]
    public async Task a_model_is_not_loaded_without_a_sandbox_unless_that_is_asked_for()
    {
        var program = new WorkerProgram("/usr/bin/python3", "", "/", static (code, model) => [code, model]);
        static Sandbox With(SandboxMode mode) =>
            new(new ServingOptions { Sandbox = mode }, NullLogger<Sandbox>.Instance)
            {
                Probe = static _ => Task.FromResult<string?>("bubblewrap is not installed"),
            };

        var refusal = await Should.ThrowAsync<StatusException>(() => With(SandboxMode.Required).CommandAsync(program, "/model"));

        refusal.Code.ShouldBe(Code.FailedPrecondition);
        refusal.Message.ShouldContain("bubblewrap is not installed");
        new ServingOptions().Sandbox.ShouldBe(SandboxMode.Required);
        (await With(SandboxMode.Auto).CommandAsync(program, "/model")).Start.FileName.ShouldBe("/usr/bin/python3");
    }
}
