using Cairn.Jobs.Agent;

// The server starts this program beside each task; its arguments are the server's and no one else's.
return await AgentProgram.RunAsync(args, CancellationToken.None);
