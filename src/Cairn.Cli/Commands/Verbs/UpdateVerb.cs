using System.CommandLine;
using Cairn.Cli.Shell;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace Cairn.Cli.Commands.Verbs;

/// <summary><c>update</c>: changes the fields whose options are given, and no others.</summary>
internal abstract class UpdateVerb<T> : ApiCommand
    where T : class, IMessage<T>, new()
{
    private readonly Argument<string> _name;
    private readonly string _collection;
    private readonly Action<T, string> _setName;
    private readonly IReadOnlyList<Field> _fields;

    /// <param name="setName">Names the resource that is sent.</param>
    protected UpdateVerb(string thing, string collection, string description, Action<T, string> setName, params IReadOnlyList<Field> fields)
        : base("update", description)
    {
        _collection = collection;
        _setName = setName;
        _fields = fields;
        _name = ResourceArgument.For(thing);
        Add(_name);
        foreach (var field in fields)
        {
            Add(field.Option);
        }
    }

    /// <param name="Mask">The field's name in the update mask.</param>
    /// <param name="Apply">Puts what the option says into the message.</param>
    protected sealed record Field(Option Option, string Mask, Action<ParseResult, T> Apply);

    protected static Field Text(string option, string description, string mask, Action<T, string> set)
    {
        var text = new Option<string>(option) { Description = description };
        return new Field(text, mask, (parse, resource) => set(resource, parse.GetValue(text)!));
    }

    protected static Field Labels(Func<T, MapField<string, string>> of)
    {
        var labels = new LabelsOption { Description = "The new labels, instead of all the old ones." };
        return new Field(labels, "labels", (parse, resource) => labels.Apply(parse, of(resource)));
    }

    protected override async Task<int> RunAsync(ParseResult parse, ApiSession session, CancellationToken cancellation)
    {
        var given = _fields.Where(field => parse.GetResult(field.Option) is not null).ToList();
        if (given.Count == 0)
        {
            var names = _fields.Select(static field => field.Option.Name).ToList();
            throw CliException.Usage($"Nothing to change: give {string.Join(", ", names.SkipLast(1))} or {names[^1]}.");
        }

        var full = session.Name(_collection, parse.GetValue(_name)!);
        var resource = new T();
        _setName(resource, full);
        foreach (var field in given)
        {
            field.Apply(parse, resource);
        }

        session.Print(
            await session.Client.PatchAsync<T>($"/v1/{full}", resource, [.. given.Select(static field => field.Mask)], cancellation)
        );
        return ExitCode.Ok;
    }
}
