#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension HoofprintSystem {
    /// What is recorded and where it goes.
    public struct Configuration: Sendable {
        /// How spans are recorded.
        public enum Mode: String, Sendable, CaseIterable {
            /// Not at all: a span costs one branch.
            case off
            /// Counters per call path, written at every flush: constant log volume.
            case aggregate
            /// One record a span, for short runs and tests.
            case every
        }

        /// How spans are recorded.
        public var mode: Mode

        /// Where records go; each sink gets all of them. Empty: nowhere.
        public var sinks: [any Sink]

        /// What is read at every flush besides. Default: ``allProbes``.
        public var probes: [any Probe]

        /// What looks at the threads many times a second besides. Default: none.
        public var samplers: [any Sampler]

        /// Seconds between flushes, 0.05…3600.
        public var flushSeconds: Double

        /// How many of the slowest requests of each root are written as whole trees in every window from flush to flush, and
        /// as many of those that failed: 0…100, 0: none. A root is a span without a parent.
        public var slowest: Int

        /// Spans open for as many seconds are written at every flush, the oldest 64 of them: 0.05…86,400.
        public var openSeconds: Double

        /// Bound on the recorder's memory in bytes. Paths and threads beyond it are counted as lost.
        public var memoryBytes: Int

        /// Where the recorder's memory is kept, so that what a killed process had not written yet is not lost.
        public enum Ring: Sendable, Equatable {
            /// In a file beside the log of the first ``FileSink``, named `LOG.ring.PID`; without one, in no file.
            case besideLog
            /// In the file `PATH.PID`.
            case path(String)
            /// In no file.
            case off
        }

        /// Where the recorder's memory is kept. The next process with the same path writes what a killed one left into
        /// its sinks; `trace-report` reads the file too.
        ///
        /// The file grows by 1 MiB at a time with what is recorded, up to ``memoryBytes``, and is removed when the process ends
        /// in order. It can be read by its user alone. Nobody else should write to it or cut it short: where log rotation
        /// empties it, recording ends, and is told so, while ``watchesSignals`` is true; while it is false the process
        /// would die of a SIGBUS, and ``Ring-swift.enum/off`` is the better choice.
        public var ring: Ring

        /// Whether SIGTERM, SIGINT and SIGHUP, where they would end the process, wait for a last flush, and the open spans
        /// are written when it crashes. Handlers that were there before are called, handlers set later replace these.
        public var watchesSignals: Bool

        /// What spans are timed with.
        public enum Clock: String, Sendable, CaseIterable {
            /// The processor's counter where it is fit, which a test at start decides; else ``monotonic``.
            case automatic = "auto"
            /// clock_gettime(2)'s monotonic clock: some 25 ns more a span.
            case monotonic
        }

        /// What spans are timed with. The log's `session` record says which clock it is.
        public var clock: Clock

        /// Which attributes' values are written. Default: none.
        public var attributes: AttributePolicy

        /// Makes a configuration; each part has the default that `HOOFPRINT_*` variables start from.
        public init(
            mode: Mode = .aggregate, sinks: [any Sink] = [StandardErrorSink()],
            probes: [any Probe] = Configuration.allProbes, samplers: [any Sampler] = [], flushSeconds: Double = 10,
            slowest: Int = 3, openSeconds: Double = 10, memoryBytes: Int = 16 << 20,
            ring: Ring = .besideLog, watchesSignals: Bool = true, clock: Clock = .automatic,
            attributes: AttributePolicy = .none
        ) {
            self.mode = mode
            self.sinks = sinks
            self.probes = probes
            self.samplers = samplers
            self.flushSeconds = flushSeconds
            self.slowest = slowest
            self.openSeconds = openSeconds
            self.memoryBytes = memoryBytes
            self.ring = ring
            self.watchesSignals = watchesSignals
            self.clock = clock
            self.attributes = attributes
        }

        /// All the probes that come with Hoofprint: together some 0.1 ms a flush in a small process, 0.5 with 100 sockets and
        /// 20 threads, 2 at their bounds.
        public static var allProbes: [any Probe] {
            [ProcessProbe(), ThreadProbe(), DescriptorProbe(), SocketProbe(), IOProbe(), PressureProbe()]
        }

        /// What the ring file's name begins with; nil: there is none.
        var ringPrefix: String? {
            switch ring {
            case .off: nil
            case .path(let path): path
            case .besideLog: sinks.lazy.compactMap { $0 as? FileSink }.first.map { $0.path + ".ring" }
            }
        }

        /// The configuration that the environment's `HOOFPRINT_*` variables describe, see
        /// ``HoofprintSystem``. A value that cannot be read is told on standard error, and its default used.
        public static var fromEnvironment: Configuration {
            described { getenv($0).map { String(cString: $0) } }
        }

        /// Reads the configuration that settings describe, by the names of their variables, and what is wrong with them.
        package static func reading(
            _ settings: [String: String]
        ) -> (configuration: Configuration, wrong: [WrongSetting]) {
            let reading = EnvironmentConfiguration.read(settings)
            return (reading.configuration, reading.wrongSettings)
        }

        /// The configuration that the variables describe, each asked for by its name.
        package static func described(by variable: (String) -> String?) -> Configuration {
            let environment = EnvironmentConfiguration.read(ProcessEnvironment.variables(variable))
            for problem in environment.problems { Diagnostics.say(problem) }
            return environment.configuration
        }
    }
}
