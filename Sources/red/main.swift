import CommandOutput

await RedCommand.runAndExit()
