using System.Text;
using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;

namespace Cairn.Tracking.Runs;

/// <summary>Parameters and tags of runs.</summary>
public static class RunFields
{
    public const int MaxKey = 250;
    public const int MaxParamValue = 6_000;
    public const int MaxTagValue = 8_000;

    /// <summary>The tag in which clients note each model that a run saved grows with them.</summary>
    public const int MaxModelHistory = 1 << 20;

    /// <summary>What names may have beside letters and digits.</summary>
    private const string Others = "_-. :/()[]%@+=#,";

    /// <summary>
    /// Sets a parameter. With <paramref name="overwrite"/> off a parameter keeps the value it has: the same one again changes nothing.
    /// </summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for another value, or one that is too long.</exception>
    public static void SetParam(ISqlSession session, Run run, Param param, bool overwrite = false)
    {
        CheckKey(param.Key, "parameter");
        if (Characters.Count(param.Value) is > MaxParamValue and var length)
        {
            throw StatusException.InvalidArgument(
                $"The value of parameter '{param.Key}' has {length} characters; at most {MaxParamValue} are kept."
            );
        }

        const string Insert =
            "INSERT INTO run_params (run, key, value, number) VALUES ($1, $2, $3, $4) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value, number = excluded.number, suggested = 0";
        if (overwrite)
        {
            session.Execute(Insert, run.Id, param.Key, param.Value, param.IsNumber);
            return;
        }

        if (
            session.Execute(Insert + " WHERE run_params.suggested = 1", run.Id, param.Key, param.Value, param.IsNumber) == 0
            && session.QueryFirst(
                "SELECT value FROM run_params WHERE run = $1 AND key = $2",
                static row => row.GetString(0),
                run.Id,
                param.Key
            )
                is { } old
            && old != param.Value
        )
        {
            throw StatusException.InvalidArgument(
                $"Changing param values is not allowed. Param with key='{param.Key}' was already logged with value='{old}' for run ID='{run.Uuid}'. Attempted logging new value '{param.Value}'."
            );
        }
    }

    /// <summary>
    /// Sets a parameter that nobody has logged: what the run was started with says so. Who logs one of that name later, perhaps spelled in
    /// another way (0.001 for 1e-3), gives it its value.
    /// </summary>
    public static void SuggestParam(ISqlSession session, Run run, Param param) =>
        session.Execute(
            "INSERT INTO run_params (run, key, value, number, suggested) VALUES ($1, $2, $3, $4, 1) ON CONFLICT (run, key) DO NOTHING",
            run.Id,
            param.Key,
            param.Value,
            param.IsNumber
        );

    public static bool DeleteParam(ISqlSession session, Run run, string key) =>
        session.Execute("DELETE FROM run_params WHERE run = $1 AND key = $2", run.Id, key) > 0;

    public static void SetTag(ISqlSession session, Run run, string key, string value, int most = MaxTagValue)
    {
        CheckTag(key, value, most);
        session.Execute(
            "INSERT INTO run_tags (run, key, value) VALUES ($1, $2, $3) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
            run.Id,
            key,
            value
        );
    }

    /// <summary>Sets a tag that the run has not.</summary>
    public static void SuggestTag(ISqlSession session, Run run, string key, string value) =>
        session.Execute("INSERT INTO run_tags (run, key, value) VALUES ($1, $2, $3) ON CONFLICT (run, key) DO NOTHING", run.Id, key, value);

    public static bool DeleteTag(ISqlSession session, Run run, string key) =>
        session.Execute("DELETE FROM run_tags WHERE run = $1 AND key = $2", run.Id, key) > 0;

    /// <summary>Checks a tag of anything that has tags.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for a name that cannot be one, or a value of more than <paramref name="most"/>
    /// characters.</exception>
    public static void CheckTag(string key, string value, int most)
    {
        CheckKey(key, "tag");
        if (Characters.Count(value) is var length && length > most)
        {
            throw StatusException.InvalidArgument($"The value of tag '{key}' has {length} characters; at most {most} are kept.");
        }
    }

    /// <exception cref="StatusException">INVALID_ARGUMENT.</exception>
    public static void CheckKey(string key, string what)
    {
        if (Characters.Count(key) is var length and (0 or > MaxKey))
        {
            throw StatusException.InvalidArgument($"The name of a {what} has {length} characters; it must have 1 to {MaxKey}.");
        }

        // The characters that MLflow allows, plus any letter: names are parts of paths nowhere here, but they are in the clients' own
        // stores.
        foreach (var character in key.EnumerateRunes())
        {
            if (!(Rune.IsLetterOrDigit(character) || (character.IsBmp && Others.Contains((char)character.Value, StringComparison.Ordinal))))
            {
                throw StatusException.InvalidArgument(
                    $"The name '{key}' of a {what} has the character '{character}'. Names may have letters, digits, spaces, and any of _ - . : / ( ) [ ] % @ + = # ,"
                );
            }
        }
    }
}
