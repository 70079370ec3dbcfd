using Cairn.Kernel.Database;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Tracking.Runs;

namespace Cairn.Tracking.LoggedModels;

/// <summary>Parameters and tags of logged models, with the limits of those of runs.</summary>
public static class LoggedModelFields
{
    /// <summary>Adds parameters. One that is there keeps its value: the same one again, as in a retry, changes nothing.</summary>
    /// <exception cref="StatusException">INVALID_ARGUMENT for another value, or one that is too long.</exception>
    public static void SetParams(ISqlSession session, LoggedModel model, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        foreach (var (key, value) in parameters)
        {
            Check("parameter", key, value, RunFields.MaxParamValue);
            if (
                session.Execute(
                    "INSERT INTO logged_model_params (model, key, value) VALUES ($1, $2, $3) ON CONFLICT (model, key) DO NOTHING",
                    model.Id,
                    key,
                    value
                ) == 0
                && session.QueryFirst(
                    "SELECT value FROM logged_model_params WHERE model = $1 AND key = $2",
                    static row => row.GetString(0),
                    model.Id,
                    key
                )
                    is { } old
                && old != value
            )
            {
                throw StatusException.InvalidArgument(
                    $"Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}' for logged model '{model.ModelId}'. Attempted logging new value '{value}'."
                );
            }
        }
    }

    public static void SetTags(
        ISqlSession session,
        LoggedModel model,
        IEnumerable<KeyValuePair<string, string>> tags,
        int most = RunFields.MaxTagValue
    )
    {
        foreach (var (key, value) in tags)
        {
            Check("tag", key, value, most);
            session.Execute(
                "INSERT INTO logged_model_tags (model, key, value) VALUES ($1, $2, $3) ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
                model.Id,
                key,
                value
            );
        }
    }

    public static bool DeleteTag(ISqlSession session, LoggedModel model, string key) =>
        session.Execute("DELETE FROM logged_model_tags WHERE model = $1 AND key = $2", model.Id, key) > 0;

    private static void Check(string what, string key, string value, int most)
    {
        RunFields.CheckKey(key, what);
        if (Characters.Count(value) is var length && length > most)
        {
            throw StatusException.InvalidArgument($"The value of {what} '{key}' has {length} characters; at most {most} are kept.");
        }
    }
}
