using Cairn.Cli.Shell;
using Cairn.Imports;

namespace Cairn.Cli.Commands.Imports;

internal static class ImportNoun
{
    public static Noun Create() =>
        new(
            "import",
            "Bring runs from other tools. May be repeated: nothing is there twice.",
            new ImportRuns(
                "mlruns",
                "Import MLflow's file store: the folder 'mlruns'.",
                static (folder, outside) => new MlrunsSource(folder, outside),
                hasOutside: true
            ),
            new ImportTensorboard(),
            new ImportRuns(
                "sacred",
                "Import what Sacred's FileStorageObserver has written.",
                static (folder, _) => new SacredSource(folder),
                hasOutside: false
            )
        );
}
