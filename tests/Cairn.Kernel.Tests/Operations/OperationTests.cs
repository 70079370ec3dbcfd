using System.Collections.Concurrent;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Hosting;
using Cairn.Kernel.Operations;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Security;
using Cairn.Kernel.Store;
using Cairn.Kernel.Tests.Database;
using Cairn.Kernel.Work;
using Cairn.Testing;
using Cairn.Testing.Faults;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cairn.Kernel.Tests.Operations;

/// <summary>Long-running operations on one database, across servers that come and go.</summary>
public sealed class OperationTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>, IAsyncLifetime
{
    private const string Parent = "projects/p/locations/l";

    private static readonly CallContext Call = new() { Caller = Principal.Anonymous };

    private IDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await fixture.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task an_operation_runs_and_ends_with_its_response()
    {
        await using var server = new Server(
            _database,
            new Handler((_, request, _) => Task.FromResult<IMessage>(request.Unpack<Endpoint>()))
        );
        var operation = await server.EnqueueAsync(new Endpoint { DisplayName = "answer" });
        operation.Done.ShouldBeFalse();
        var ended = await server.Service.WaitOperation(new WaitOperationRequest { Name = operation.Name }, Call);
        ended.Response.Unpack<Endpoint>().DisplayName.ShouldBe("answer");
    }

    [Fact]
    public async Task a_failure_is_the_operations_error()
    {
        await using var server = new Server(
            _database,
            new Handler(static (_, _, _) => throw StatusException.FailedPrecondition("The model does not load."))
        );
        var operation = await server.EnqueueAsync(new Endpoint());
        var ended = await server.Service.WaitOperation(new WaitOperationRequest { Name = operation.Name }, Call);
        ended.Error.Code.ShouldBe((int)Code.FailedPrecondition);
        ended.Error.Message.ShouldBe("The model does not load.");
    }

    [Fact]
    public async Task a_cancelled_operation_ends_as_cancelled()
    {
        await using var server = new Server(
            _database,
            new Handler(
                static async (_, _, cancellation) =>
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                    return new Empty();
                }
            )
        );
        var operation = await server.EnqueueAsync(new Endpoint());
        await Poll.UntilAsync(() => server.Handler.Runs.Count == 1, "the handler to run");
        await server.Service.CancelOperation(new CancelOperationRequest { Name = operation.Name }, Call);
        (await server.Service.WaitOperation(new WaitOperationRequest { Name = operation.Name }, Call)).Error.Code.ShouldBe(
            (int)Code.Cancelled
        );
    }

    [Fact]
    public async Task an_operation_of_a_server_that_stopped_is_run_again_by_the_next()
    {
        string name;
        await using (
            var first = new Server(
                _database,
                new Handler(
                    static async (_, _, cancellation) =>
                    {
                        await Task.Delay(Timeout.Infinite, cancellation);
                        return new Empty();
                    }
                )
            )
        )
        {
            name = (await first.EnqueueAsync(new Endpoint())).Name;
            await Poll.UntilAsync(() => first.Handler.Runs.Count == 1, "the handler to run");
        }

        await using var second = new Server(
            _database,
            new Handler(static (_, _, _) => Task.FromResult<IMessage>(new Endpoint { DisplayName = "second" }))
        );
        var ended = await second.Service.WaitOperation(new WaitOperationRequest { Name = name }, Call);
        ended.Response.Unpack<Endpoint>().DisplayName.ShouldBe("second");
    }

    [Fact]
    public async Task two_servers_never_run_the_same_operation()
    {
        static async Task<IMessage> Slow(string name, Any request, CancellationToken cancellation)
        {
            await Task.Delay(50, cancellation);
            return new Empty();
        }

        await using var one = new Server(_database, new Handler(Slow));
        await using var two = new Server(_database, new Handler(Slow));
        var names = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            names.Add((await (i % 2 == 0 ? one : two).EnqueueAsync(new Endpoint())).Name);
            one.Pulse();
            two.Pulse();
        }

        foreach (var name in names)
        {
            (await one.Service.WaitOperation(new WaitOperationRequest { Name = name }, Call)).Done.ShouldBeTrue();
        }

        one.Handler.Runs.Concat(two.Handler.Runs).Order().ShouldBe(names.Order());
    }

    [Fact]
    public async Task a_running_operation_is_not_deleted_and_an_unknown_one_not_found()
    {
        await using var server = new Server(
            _database,
            new Handler(
                static async (_, _, cancellation) =>
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                    return new Empty();
                }
            )
        );
        var operation = await server.EnqueueAsync(new Endpoint());
        (
            await Should.ThrowAsync<StatusException>(() =>
                server.Service.DeleteOperation(new DeleteOperationRequest { Name = operation.Name }, Call)
            )
        ).Code.ShouldBe(Code.FailedPrecondition);
        (
            await Should.ThrowAsync<StatusException>(() =>
                server.Service.GetOperation(new GetOperationRequest { Name = Parent + "/operations/0" }, Call)
            )
        ).Code.ShouldBe(Code.NotFound);
        (
            await Should.ThrowAsync<StatusException>(() =>
                server.Service.CancelOperation(new CancelOperationRequest { Name = Parent + "/operations/0" }, Call)
            )
        ).Code.ShouldBe(Code.NotFound);
    }

    /// <summary>Every step of the store's writes fails once, from the call that starts an operation to the record of its end.</summary>
    [Fact]
    public async Task an_operation_ends_with_its_response_whatever_write_of_the_store_fails()
    {
        var faulty = new FaultyDatabase(_database);
        await using var server = new Server(faulty, new Handler((_, request, _) => Task.FromResult<IMessage>(request.Unpack<Endpoint>())));
        var failures = new ConcurrentBag<string?>();
        for (var step = 0; ; step++)
        {
            faulty.FailAfter(step);
            var (sent, acknowledged) = ($"step {step}", "");
            try
            {
                acknowledged = (await server.EnqueueAsync(new Endpoint { DisplayName = sent })).Name;
                await UntilEndedAsync(server, acknowledged);
            }
            catch (IOException)
            {
                faulty.HasFailed.ShouldBeTrue();
            }

            var failed = faulty.HasFailed;
            failures.Add(faulty.Failure);
            faulty.NeverFail();

            // What is there, acknowledged or not, is whole: it runs to its end, and the end is what its handler answered.
            var listed = (
                await server.Service.ListOperations(new ListOperationsRequest { Name = Parent, PageSize = 1000 }, Call)
            ).Operations;
            if (acknowledged.Length > 0)
            {
                listed.ShouldContain(operation => operation.Name == acknowledged);
            }

            foreach (var operation in listed)
            {
                (await UntilEndedAsync(server, operation.Name)).Response.ShouldNotBeNull($"step {step}, {faulty.Failure}: {operation}");
            }

            if (!failed)
            {
                break;
            }
        }

        failures.ShouldContain("before commit");
        failures.ShouldContain("after commit");
        failures.Count.ShouldBeGreaterThan(8);
    }

    private static async Task<Operation> UntilEndedAsync(Server server, string name)
    {
        Operation operation = null!;
        await Poll.UntilAsync(
            async () =>
            {
                server.Pulse();
                return (operation = await server.Service.GetOperation(new GetOperationRequest { Name = name }, Call)).Done;
            },
            $"{name} to end"
        );
        return operation;
    }

    private sealed class Handler(Func<string, Any, CancellationToken, Task<IMessage>> run) : IOperationHandler
    {
        public string Name => "test";

        public ConcurrentBag<string> Runs { get; } = [];

        public Task<IMessage> RunAsync(string operation, Any request, CancellationToken cancellation)
        {
            Runs.Add(operation);
            return run(operation, request, cancellation);
        }
    }

    /// <summary>What one server has of operations.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly IResourceStore _store;
        private readonly ServiceProvider _services;

        public Server(IDatabase database, Handler handler)
        {
            Handler = handler;
            _services = new ServiceCollection()
                .AddLogging()
                .AddSingleton<IOperationHandler>(handler)
                .AddSingleton(
                    new ServerEnvironment
                    {
                        DataDirectory = "/",
                        ServerId = Guid.NewGuid().ToString("N"),
                        HttpUrl = static () => new Uri("http://127.0.0.1"),
                        GrpcAddress = static () => "",
                        Executable = "",
                    }
                )
                .AddSingleton(database)
                .AddKernel()
                .BuildServiceProvider();
            _store = _services.GetRequiredService<IResourceStore>();
            Service = _services.GetServices<IRpcService>().OfType<OperationsService>().Single();
            Loop = _services.GetServices<IHostedService>().OfType<WorkLoop>().Single();
            Loop.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        public Handler Handler { get; }

        public OperationsService Service { get; }

        private WorkLoop Loop { get; }

        public Task<Operation> EnqueueAsync(IMessage request) =>
            _store.WriteAsync(session => _services.GetRequiredService<IOperations>().Enqueue(session, Parent, "test", request));

        public void Pulse() => _services.GetRequiredService<WorkSignal>().Pulse();

        public async ValueTask DisposeAsync()
        {
            await Loop.StopAsync(CancellationToken.None);
            await _services.DisposeAsync();
        }
    }
}
