using Cairn.Cli.Shell;
using Cairn.Jobs.Agent;

// The server starts this program once more beside each task; its arguments are the server's and no one else's.
return args is ["agent", .. var task]
    ? await AgentProgram.RunAsync(task, CancellationToken.None)
    : await Cli.RunAsync(args, Console.Out, Console.Error);
