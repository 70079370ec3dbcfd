using Cairn.Cli.Shell;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Reduction;

// A match of a regular expression that takes longer than this is given up, wherever it is.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(5));

// The server starts this program once more beside each task, and in pools of reducers; its arguments are the server's and no one else's.
return args switch
{
    ["agent", .. var task] => await AgentProgram.RunAsync(task, CancellationToken.None),
    ["reducer"] => await ReducerProgram.RunAsync(Console.Out, Console.Error),
    _ => await Cli.RunAsync(args, Console.Out, Console.Error),
};
