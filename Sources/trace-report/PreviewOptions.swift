#if Tools
import ArgumentParser
import CommandOutput
import TraceReport

/// The option of what is shown before everything has been read.
struct PreviewOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "On a terminal, of logs over 256 MiB: show at once what places in them tell, until all has been read.")
    var preview = true
}
#endif
