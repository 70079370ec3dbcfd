using Microsoft.AspNetCore.Http;

namespace Cairn.Kernel.Http;

/// <summary>
/// Every route of every door, as one tree by segment. Literals win over <c>*</c>, and <c>*</c> over <c>**</c>. A first segment that is some
/// route's literal belongs to that door alone: <c>/v1/nonsense</c> is not an object of a bucket <c>v1</c>. Where the door has nothing below
/// it, it does not: <c>/metrics/nonsense</c> is one of a bucket <c>metrics</c>.
/// </summary>
public sealed class RouteTable : IRoutes
{
    private readonly Node _root = new();
    private readonly List<Route> _all = [];
    private Lazy<RouteTable>? _later;

    public IReadOnlyList<Route> All => _later is null ? _all : [.. _all, .. _later.Value.All];

    /// <summary>Routes that are rarely asked for and dear to make: they are made when a request first matches no other.</summary>
    public void AddLater(Action<IRoutes> map) =>
        _later = new Lazy<RouteTable>(() =>
        {
            var table = new RouteTable();
            map(table);
            return table;
        });

    public void Add(
        string method,
        string template,
        string permission,
        Func<HttpContext, RouteValues, Task> handler,
        long? maxBody = 4 << 20,
        Func<HttpContext, Errors.StatusException, Task>? errors = null
    )
    {
        if (string.IsNullOrWhiteSpace(permission))
        {
            throw new InvalidOperationException(
                $"The route {method} {template} declares no permission; the server does not start with one open by mistake."
            );
        }

        var route = new Route(method, PathTemplate.Parse(template), permission, handler, maxBody, errors);
        var node = _root;
        foreach (var segment in route.Template.Segments)
        {
            node = segment switch
            {
                PathTemplate.One => node.One ??= new Node(),
                PathTemplate.Rest => node.Rest ??= new Node(),
                _ => node.Literals.TryGetValue(segment, out var next) ? next : node.Literals[segment] = new Node(),
            };
        }

        if (!node.Routes.TryAdd((route.Template.Verb, method), route))
        {
            throw new InvalidOperationException(
                $"Two routes are {method} {template}: the other is {node.Routes[(route.Template.Verb, method)].Template.Text}."
            );
        }

        _all.Add(route);
    }

    /// <summary>Finds the route of a request; null where no template matches.</summary>
    public (Route Route, RouteValues Values)? Match(string method, RequestPath path) =>
        Match(method, path, null) ?? _later?.Value.Match(method, path);

    /// <summary>The methods that templates of a path have.</summary>
    public IReadOnlyCollection<string> Allowed(RequestPath path)
    {
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        Match("", path, allowed);
        allowed.UnionWith(_later?.Value.Allowed(path) ?? []);
        return allowed;
    }

    private (Route Route, RouteValues Values)? Match(string method, RequestPath path, SortedSet<string>? allowed)
    {
        if (path.Count == 0)
        {
            return null;
        }

        var last = path.Raw(path.Count - 1);
        var colon = last.LastIndexOf(':');
        if (colon >= 0 && Find(_root, path, 0, last[..colon], last[(colon + 1)..], method, allowed) is { } withVerb)
        {
            return (withVerb, withVerb.Template.Bind(path, verbInPath: true));
        }

        return Find(_root, path, 0, last, "", method, allowed) is { } plain ? (plain, plain.Template.Bind(path, verbInPath: false)) : null;
    }

    private static Route? Find(Node node, RequestPath path, int index, string last, string verb, string method, SortedSet<string>? allowed)
    {
        if (index == path.Count)
        {
            return node.Take(verb, method, allowed) ?? node.Rest?.Take(verb, method, allowed);
        }

        // An empty segment is a literal's absence: it matches '*' only for the last one of an object's name, which '**' takes.
        var text = index == path.Count - 1 ? last : path.Raw(index);
        if (node.Literals.TryGetValue(text, out var literal))
        {
            var exact = Find(literal, path, index + 1, last, verb, method, allowed);
            if (exact is not null || (index == 0 && !(literal.IsLeaf && path.Count > 1)))
            {
                return exact;
            }
        }

        if (node.One is not null && text.Length > 0 && Find(node.One, path, index + 1, last, verb, method, allowed) is { } one)
        {
            return one;
        }

        return node.Rest?.Take(verb, method, allowed);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Literals { get; } = [];

        public Node? One { get; set; }

        public Node? Rest { get; set; }

        public Dictionary<(string Verb, string Method), Route> Routes { get; } = [];

        public bool IsLeaf => Literals.Count == 0 && One is null && Rest is null;

        public Route? Take(string verb, string method, SortedSet<string>? allowed)
        {
            if (Routes.TryGetValue((verb, method), out var route))
            {
                return route;
            }

            // A HEAD is answered as the GET it asks about; the server drops the body.
            if (method == "HEAD" && Routes.TryGetValue((verb, "GET"), out var get))
            {
                return get;
            }

            if (allowed is not null)
            {
                allowed.UnionWith(Routes.Keys.Where(key => key.Verb == verb).Select(static key => key.Method));
            }

            return null;
        }
    }
}
