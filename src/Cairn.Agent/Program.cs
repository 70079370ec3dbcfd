using Cairn.Jobs.Agent;

// A match of a regular expression that takes longer than this is given up, wherever it is.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(5));

// The server starts this program beside each task; its arguments are the server's and no one else's.
return await AgentProgram.RunAsync(args, CancellationToken.None);
