using System.Reflection;
using System.Runtime.CompilerServices;
using Cairn.Kernel.Security;
using Cairn.Kernel.Tenancy;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// Finds the handlers of each service by its descriptor. What does not fit (a wrong signature, a missing permission, a stray handler) stops
/// the start.
/// </summary>
public static class RpcBinder
{
    /// <summary>Every method of the services; those without a handler answer UNIMPLEMENTED.</summary>
    /// <param name="services">The services with handlers.</param>
    /// <param name="gate">Stands before every handler: no request that reaches into another project gets to one.</param>
    public static IReadOnlyList<RpcMethod> Bind(IEnumerable<IRpcService> services, ITenantGate gate)
    {
        var methods = new List<RpcMethod>();
        foreach (var classes in services.GroupBy(static service => service.Descriptor.FullName))
        {
            methods.AddRange(classes.First().Descriptor.Methods.Select(method => BindMethod([.. classes], method, gate)));
            foreach (var service in classes)
            {
                CheckStrays(service);
            }
        }

        return methods;
    }

    /// <summary>Of a service that several classes share, each method is handled by one of them, or by none.</summary>
    private static RpcMethod BindMethod(IRpcService[] classes, MethodDescriptor method, ITenantGate gate)
    {
        var handlers = classes
            .Select(service =>
                (Service: service, Method: service.GetType().GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance))
            )
            .Where(static candidate => candidate.Method is not null)
            .ToList();
        return handlers switch
        {
            [] => Unhandled(method),
            [var (service, handler)] => BindHandler(service, method, handler!, gate),
            _ => throw new InvalidOperationException(
                $"{string.Join(" and ", handlers.Select(static candidate => candidate.Service.GetType().Name))} both handle {method.FullName}."
            ),
        };
    }

    private static RpcMethod BindHandler(IRpcService service, MethodDescriptor method, MethodInfo handler, ITenantGate gate)
    {
        var where = $"{service.GetType().Name}.{handler.Name}";
        var permission =
            handler.GetCustomAttribute<PermissionAttribute>()?.Permission
            ?? throw new InvalidOperationException(
                $"{where} declares no permission; the server does not start with a route open by mistake."
            );
        var parameters = handler.GetParameters();
        var request = method.InputType.ClrType;
        var response = method.OutputType.ClrType;
        var expected = method.IsServerStreaming
            ? typeof(IAsyncEnumerable<>).MakeGenericType(response)
            : typeof(Task<>).MakeGenericType(response);
        var given = method.IsClientStreaming ? typeof(IAsyncEnumerable<>).MakeGenericType(request) : request;
        if (method is { IsClientStreaming: true, IsServerStreaming: false })
        {
            throw new InvalidOperationException($"{where}: methods in which only the client streams cannot be handled.");
        }

        if (
            parameters.Length != 2
            || parameters[0].ParameterType != given
            || parameters[1].ParameterType != typeof(CallContext)
            || handler.ReturnType != expected
        )
        {
            throw new InvalidOperationException(
                $"{where} must be {expected.Name[..^2]}<{response.Name}> {handler.Name}({(method.IsClientStreaming ? $"IAsyncEnumerable<{request.Name}>" : request.Name)}, CallContext)."
            );
        }

        if (method.IsClientStreaming)
        {
            return BindDuplex(service, method, handler, permission, gate);
        }

        var adapter = typeof(RpcBinder)
            .GetMethod(
                method.IsServerStreaming ? nameof(AdaptStreaming) : nameof(AdaptUnary),
                BindingFlags.NonPublic | BindingFlags.Static
            )!
            .MakeGenericMethod(request, response)
            .Invoke(null, [service, handler, gate]);
        return new RpcMethod
        {
            Descriptor = method,
            Permission = permission,
            Unary = adapter as Func<IMessage, CallContext, Task<IMessage>>,
            Express = method.IsServerStreaming ? null : service.Express(method.Name),
            Streaming = adapter as Func<IMessage, CallContext, IAsyncEnumerable<IMessage>>,
        };
    }

    private static RpcMethod BindDuplex(
        IRpcService service,
        MethodDescriptor method,
        MethodInfo handler,
        string permission,
        ITenantGate gate
    )
    {
        var duplex =
            (Func<IAsyncEnumerable<IMessage>, CallContext, IAsyncEnumerable<IMessage>>)
                typeof(RpcBinder)
                    .GetMethod(nameof(AdaptDuplex), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType)
                    .Invoke(null, [service, handler, gate])!;
        return new RpcMethod
        {
            Descriptor = method,
            Permission = permission,
            Duplex = duplex,
            Streaming = (request, context) => duplex(Single(request), context),
        };
    }

    /// <summary>A public handler-shaped method that the descriptor does not know is a typing error.</summary>
    private static void CheckStrays(IRpcService service)
    {
        foreach (var method in service.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (
                method.GetParameters() is [_, { ParameterType: var last }]
                && last == typeof(CallContext)
                && service.Descriptor.FindMethodByName(method.Name) is null
            )
            {
                throw new InvalidOperationException(
                    $"{service.GetType().Name}.{method.Name} handles nothing: {service.Descriptor.FullName} has no such method."
                );
            }
        }
    }

    /// <summary>A method that answers UNIMPLEMENTED, under the permission that its name gives.</summary>
    public static RpcMethod Unhandled(MethodDescriptor method) =>
        new()
        {
            Descriptor = method,
            Permission =
                $"{method.Service.File.Package.Split('.')[^2]}.unimplemented.{char.ToLowerInvariant(method.Name[0])}{method.Name[1..]}",
        };

    private static Func<IMessage, CallContext, Task<IMessage>> AdaptUnary<TRequest, TResponse>(
        IRpcService service,
        MethodInfo handler,
        ITenantGate gate
    )
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        var call = handler.CreateDelegate<Func<TRequest, CallContext, Task<TResponse>>>(service);
        return async (request, context) =>
        {
            await gate.CheckAsync(request, context);
            return await call((TRequest)request, context);
        };
    }

    private static Func<IMessage, CallContext, IAsyncEnumerable<IMessage>> AdaptStreaming<TRequest, TResponse>(
        IRpcService service,
        MethodInfo handler,
        ITenantGate gate
    )
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        var call = handler.CreateDelegate<Func<TRequest, CallContext, IAsyncEnumerable<TResponse>>>(service);
        return (request, context) => Cast(Gated(request, context), context.Cancellation);

        async IAsyncEnumerable<TResponse> Gated(IMessage request, CallContext context)
        {
            await gate.CheckAsync(request, context);
            await foreach (var item in call((TRequest)request, context))
            {
                yield return item;
            }
        }
    }

    private static Func<IAsyncEnumerable<IMessage>, CallContext, IAsyncEnumerable<IMessage>> AdaptDuplex<TRequest, TResponse>(
        IRpcService service,
        MethodInfo handler,
        ITenantGate gate
    )
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        var call = handler.CreateDelegate<Func<IAsyncEnumerable<TRequest>, CallContext, IAsyncEnumerable<TResponse>>>(service);
        return (requests, context) => Cast(call(Typed<TRequest>(requests, gate, context), context), context.Cancellation);
    }

    private static async IAsyncEnumerable<T> Typed<T>(
        IAsyncEnumerable<IMessage> source,
        ITenantGate gate,
        CallContext context,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
        where T : class, IMessage
    {
        await foreach (var item in source.WithCancellation(cancellation))
        {
            await gate.CheckAsync(item, context);
            yield return (T)item;
        }
    }

    private static async IAsyncEnumerable<IMessage> Single(IMessage request)
    {
        yield return request;
        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<IMessage> Cast<T>(
        IAsyncEnumerable<T> source,
        [EnumeratorCancellation] CancellationToken cancellation
    )
        where T : class, IMessage
    {
        await foreach (var item in source.WithCancellation(cancellation))
        {
            yield return item;
        }
    }
}
