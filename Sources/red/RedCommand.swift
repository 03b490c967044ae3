import ArgumentParser
import CommandOutput
import PackageVersion
import RED

/// The program `red`.
struct RedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "red",
        abstract: "Measures how red pictures are: as a server, or files on the command line.",
        discussion: """
            Examples:
              red serve --port 8080 --store ./images
              curl --data-binary @cat.jpg http://127.0.0.1:8080/images
              red measure cat.jpg dog.png

            Exit status: 0, 1 if something failed, 2 if the command line is wrong.
            """,
        version: "red \(packageVersion)",
        subcommands: [ServeCommand.self, MeasureCommand.self])
}
