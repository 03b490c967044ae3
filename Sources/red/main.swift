await RedCommand.run()
