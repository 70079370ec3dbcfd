using System.Text;
using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Mutation;

/// <summary>Changes JSON where it has structure: members that go, come twice or in another order, values of another type or size.</summary>
internal static class JsonMutator
{
    private static readonly string[] Names =
    [
        "\"name\"",
        "\"unknownField\"",
        "\"\"",
        "\"__proto__\"",
        "\"@type\"",
        "\"display_name\"",
        "\"parent\"",
        "\"\\ud800\"",
        "\"a.b\"",
    ];

    /// <summary>The bytes of a changed copy; those given where they are no JSON.</summary>
    public static byte[] Mutate(byte[] json, Random random, IReadOnlyList<string> names)
    {
        if (JsonPart.Parse(json) is not { } root)
        {
            return json;
        }

        for (var count = 1 + random.Next(4) / 3; count > 0; count--)
        {
            var all = root.All().ToList();
            Change(all[random.Next(all.Count)], random, names, all);
        }

        return Encoding.UTF8.GetBytes(root.ToString());
    }

    private static void Change(JsonPart part, Random random, IReadOnlyList<string> names, List<JsonPart> all)
    {
        if (part.Token is null && part.Parts.Count > 0 && random.Next(2) == 0)
        {
            ChangeParts(part, random, all);
            return;
        }

        if (part.Token is null && part.Parts.Find(static member => member.Name is "\"filter\"").Value is { } filter && random.Next(2) == 0)
        {
            filter.Token = System.Text.Json.JsonSerializer.Serialize(FilterMaker.Make(random));
            return;
        }

        part.Parts.Clear();
        part.Token = random.Next(14) switch
        {
            0 => Long(random),
            1 => Deep(random, part.Token ?? "1"),
            2 => Many(random, part.Token ?? "null"),
            3 when names.Count > 0 => $"\"{Words.Pick(random, names)}\"",
            4 when part.Token is ['"', ..] => part.Token.Trim('"'),
            5 when part.Token is not null and not ['"', ..] => $"\"{part.Token}\"",
            6 => Words.Pick(random, all).ToString(),
            7 => System.Text.Json.JsonSerializer.Serialize(FilterMaker.Make(random)),
            8 when part.Token is ['"', .., '"'] text =>
                $"{text[..^1]}{Words.Pick(random, "/", "..", "@", "\\u0000", "é", " ", "/x", ":", "%2F", ",")}\"",
            _ => Words.Pick(random, Words.Tokens),
        };
    }

    private static void ChangeParts(JsonPart part, Random random, List<JsonPart> all)
    {
        var at = random.Next(part.Parts.Count);
        switch (random.Next(6))
        {
            case 0:
                part.Parts.RemoveAt(at);
                break;
            case 1:
                part.Parts.Add(part.Parts[at] is var (name, value) ? (name, value.Copy()) : default);
                break;
            case 2:
                part.Parts.Reverse();
                break;
            case 3:
                part.Parts.Insert(at, (part.IsObject ? Words.Pick(random, Names) : null, JsonPart.Of(Words.Pick(random, Words.Tokens))));
                break;
            case 4 when part.IsObject:
                part.Parts[at] = (Words.Pick(random, Names), part.Parts[at].Value);
                break;
            default:
                part.Parts.Insert(at, (part.IsObject ? Words.Pick(random, Names) : null, JsonPart.Of(Words.Pick(random, all).ToString())));
                break;
        }
    }

    private static string Long(Random random)
    {
        var part = Words.Pick(random, "a", "é", "\\u0041", "\ud83d\ude00", "/", "a.", "_");
        var count = Words.Pick(random, 63, 64, 128, 129, 256, 257, 500, 1_025, 5_001, 70_000);
        return $"\"{string.Concat(Enumerable.Repeat(part, count))}\"";
    }

    private static string Deep(Random random, string core)
    {
        var levels = Words.Pick(random, 5, 24, 26, 37, 50, 98, 101, 1_000);
        return random.Next(2) == 0
            ? new string('[', levels) + core + new string(']', levels)
            : string.Concat(Enumerable.Repeat("{\"a\":", levels)) + core + new string('}', levels);
    }

    private static string Many(Random random, string item)
    {
        var count = Words.Pick(random, 2, 65, 101, 1_001, 5_000);
        return $"[{string.Join(',', Enumerable.Repeat(item.Length > 100 ? "1" : item, count))}]";
    }
}
