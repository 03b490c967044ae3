import CommandOutput

await RedStatsCommand.runAndExit()
