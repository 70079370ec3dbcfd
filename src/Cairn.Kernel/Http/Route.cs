using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>One method of one path, with the permission that it needs.</summary>
/// <param name="MaxBody">The largest request body in bytes, or null for no limit.</param>
public sealed record Route(string Method, PathTemplate Template, string Permission, Func<HttpContext, RouteValues, Task> Handler, long? MaxBody);
