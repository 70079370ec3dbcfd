using Cairn.Kernel.Errors;
using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>One method of one path, with the permission that it needs.</summary>
/// <param name="MaxBody">The largest request body in bytes, or null for no limit.</param>
/// <param name="OnError">Writes what goes wrong; null for Google's form.</param>
public sealed record Route(
    string Method,
    PathTemplate Template,
    string Permission,
    Func<HttpContext, RouteValues, Task> Handler,
    long? MaxBody,
    Func<HttpContext, StatusException, Task>? OnError = null
);
