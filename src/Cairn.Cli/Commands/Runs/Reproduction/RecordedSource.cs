using System.Text.Json.Nodes;

namespace Cairn.Cli.Commands.Runs.Reproduction;

/// <summary>Where the code of a run is from, as its tags tell.</summary>
/// <param name="Type">LOCAL, JOB, PROJECT, NOTEBOOK; null where it was not recorded.</param>
/// <param name="Name">The program, or the job.</param>
/// <param name="Commit">The git commit.</param>
/// <param name="Repository">Where the repository can be cloned from.</param>
/// <param name="Branch">The branch that was checked out.</param>
/// <param name="Diff">What was changed and not committed, as git writes it.</param>
internal sealed record RecordedSource(string? Type, string? Name, string? Commit, string? Repository, string? Branch, string? Diff)
{
    /// <summary>The program's path, where the run was one.</summary>
    public string? Program => Type is null or "LOCAL" or "PROJECT" ? Name : null;

    /// <summary>Reads MLflow's tags; those of newer clients have shorter names.</summary>
    public static RecordedSource Of(JsonObject tags)
    {
        return new RecordedSource(
            Tag("mlflow.source.type"),
            Tag("mlflow.source.name"),
            Tag("mlflow.source.git.commit") ?? Tag("mlflow.git.commit"),
            Tag("mlflow.source.git.repoURL") ?? Tag("mlflow.git.repo_url"),
            Tag("mlflow.source.git.branch") ?? Tag("mlflow.git.branch"),
            Tag("mlflow.source.git.diff") ?? Tag("mlflow.git.diff")
        );

        string? Tag(string name) => (string?)tags[name] is { Length: > 0 } value ? value : null;
    }

    public JsonObject Json()
    {
        var json = new JsonObject();
        foreach (
            var (name, value) in ((string, string?)[])
                [("type", Type), ("name", Name), ("commit", Commit), ("repository", Repository), ("branch", Branch), ("diff", Diff)]
        )
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        return json;
    }
}
