using Cairn.Cli.Shell;
using Cairn.Jobs.Agent;
using Cairn.Jobs.Reduction;

// The server starts this program once more beside each task, and in pools of reducers; its arguments are the server's and no one else's.
return args switch
{
    ["agent", .. var task] => await AgentProgram.RunAsync(task, CancellationToken.None),
    ["reducer"] => await ReducerProgram.RunAsync(Console.Out, Console.Error),
    _ => await Cli.RunAsync(args, Console.Out, Console.Error),
};
