#if Tools
import ArgumentParser
import JSONDiff

@main
struct JSONDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "json-diff")
}
#else
@main
struct JSONDiffCommand {
    static func main() {}
}
#endif
