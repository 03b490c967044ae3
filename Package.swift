// swift-tools-version: 6.2
// Hoofprint: which functions on the server are slow, answered from its log alone.
//
// The core (products Hoofprint, TraceLog) has no package dependency. Everything below that has one is
// behind a trait, and every product use carries the trait's condition, so that a consumer who writes
// `.package(url: …, traits: [])` resolves this package and nothing else. A test builds such a consumer.

import CompilerPluginSupport
import PackageDescription

// What other packages have, each with its trait: program("NIOCore", "swift-nio") is used only where `Programs` is on.
func product(_ product: String, _ package: String, when trait: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: [trait]))
}
func program(_ name: String, _ package: String) -> Target.Dependency { product(name, package, when: "Programs") }
func logging(_ name: String, _ package: String) -> Target.Dependency { product(name, package, when: "Logging") }
func tracing(_ name: String, _ package: String) -> Target.Dependency { product(name, package, when: "Tracing") }
func metrics(_ name: String) -> Target.Dependency { product(name, "swift-metrics", when: "Metrics") }
func syntax(_ name: String) -> Target.Dependency { product(name, "swift-syntax", when: "Traced") }
let argumentParser = product("ArgumentParser", "swift-argument-parser", when: "Tools")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle", when: "Lifecycle")
let configuration = product("Configuration", "swift-configuration", when: "Configuration")

let package = Package(
    name: "hoofprint",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Hoofprint", targets: ["Hoofprint"]),
        .library(name: "HoofprintLogging", targets: ["HoofprintLogging"]),
        .library(name: "HoofprintMetrics", targets: ["HoofprintMetrics"]),
        .library(name: "HoofprintService", targets: ["HoofprintService"]),
        .library(name: "HoofprintConfiguration", targets: ["HoofprintConfiguration"]),
        .library(name: "HoofprintTracing", targets: ["HoofprintTracing"]),
        .library(name: "HoofprintTraced", targets: ["HoofprintTraced"]),
        .library(name: "HoofprintAutostart", targets: ["HoofprintAutostart"]),
        .library(name: "TraceLog", targets: ["TraceLog"]),
        .library(name: "TraceReport", targets: ["TraceReport"]),
        .library(name: "JSONDiff", targets: ["JSONDiff"]),
        .library(name: "HoofprintAgent", type: .dynamic, targets: ["HoofprintAgent"]),
        .executable(name: "hoofprint-agent", targets: ["hoofprint-agent"]),
        .executable(name: "trace-report", targets: ["trace-report"]),
        .executable(name: "json-diff", targets: ["json-diff"]),
        .executable(name: "red", targets: ["red"]),
        .executable(name: "red-stats", targets: ["red-stats"]),
        .executable(name: "upload-images", targets: ["upload-images"]),
        .plugin(name: "TraceReportCommand", targets: ["TraceReportCommand"]),
        .plugin(name: "InstrumentCommand", targets: ["InstrumentCommand"]),
    ],
    traits: [
        .trait(name: "Tools", description: "The commands trace-report and json-diff."),
        .trait(
            name: "Programs", description: "The programs red, red-stats and upload-images.",
            enabledTraits: ["Tools"]),
        .trait(name: "Logging", description: "HoofprintLogging: records go to a swift-log Logger."),
        .trait(name: "Metrics", description: "HoofprintMetrics: swift-metrics' counters and timers go to the log."),
        .trait(name: "Lifecycle", description: "HoofprintService: recording as a service of swift-service-lifecycle."),
        .trait(name: "Configuration", description: "HoofprintConfiguration: settings are read by swift-configuration."),
        .trait(
            name: "Tracing",
            description: "HoofprintTracing: spans of swift-distributed-tracing, and swift-log metadata."),
        .trait(name: "Traced", description: "HoofprintTraced: the macros @Traced and @TracedMembers."),
        .default(
            enabledTraits: [
                "Tools", "Programs", "Logging", "Metrics", "Lifecycle", "Configuration", "Tracing", "Traced",
            ]),
    ],
    dependencies: [
        // Command lines: option parsing, help screens and completions of every executable.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // red's and red-stats' HTTP server, and the client it is tested with.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        // The header names and fields that Hummingbird hands to red, and their channel form.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        // upload-images writes its own requests on NIO's channels; red decodes on its thread pool.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // TLS: red's, and upload-images'; BoringSSL.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // red starts, and stops on SIGTERM, as a service; HoofprintService is one.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // red's own log lines, among which Hoofprint's records stand; HoofprintLogging hands records to a Logger.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // HoofprintMetrics is a backend of it.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // HoofprintConfiguration reads settings with it: from JSON files by default; command lines, which tests read, by a trait.
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        // HoofprintTracing records the spans that other packages open by it.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        // A client whose spans HoofprintTracing is tested with, beside Hummingbird's; Hummingbird resolves it anyway.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // SHA-256: pictures are kept under the hash of their content, and sent with it.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // red's records of pictures: a SQLite file, written in transactions, and read beside the writer.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The macros @Traced and @TracedMembers read and write Swift; it is in the compiler's plug-in, not in programs.
        .package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1"),
    ],
    targets: [
        // Recording: what a consumer links.
        .target(name: "CHoofprint"),
        .target(name: "TraceLog"),
        .target(name: "Hoofprint", dependencies: ["CHoofprint", "TraceLog"]),

        .target(name: "HoofprintLogging", dependencies: ["Hoofprint", logging("Logging", "swift-log")]),

        // Recording in a server of the Swift ecosystem: its metrics, its service group, its settings.
        .target(name: "HoofprintMetrics", dependencies: ["Hoofprint", "TraceLog", metrics("CoreMetrics")]),
        .target(name: "HoofprintService", dependencies: ["Hoofprint", lifecycle]),
        .target(name: "HoofprintConfiguration", dependencies: ["Hoofprint", configuration]),

        // Spans of swift-distributed-tracing, W3C Trace Context, and the numbers of both on the lines of swift-log.
        .target(
            name: "HoofprintTracing",
            dependencies: [
                "Hoofprint", "TraceLog",
                tracing("Tracing", "swift-distributed-tracing"), tracing("Logging", "swift-log"),
            ]),

        // Spans by attribute: what decides how a body is wrapped, which scripts/instrument compiles too, and the macros.
        .target(
            name: "Instrumenter",
            dependencies: [
                syntax("SwiftSyntax"), syntax("SwiftParser"), syntax("SwiftDiagnostics"),
                syntax("SwiftParserDiagnostics"),
            ]),
        .macro(
            name: "TracedMacros",
            dependencies: [
                "Instrumenter", syntax("SwiftSyntax"), syntax("SwiftParser"), syntax("SwiftDiagnostics"),
                syntax("SwiftSyntaxBuilder"), syntax("SwiftSyntaxMacros"), syntax("SwiftCompilerPlugin"),
            ]),
        .target(name: "HoofprintTraced", dependencies: ["Hoofprint", "TracedMacros"]),

        // What an instrumented build has in it, so that recording starts by itself.
        .target(name: "CHoofprintAutostart"),
        .target(name: "HoofprintAutostart", dependencies: ["CHoofprintAutostart", "Hoofprint"]),

        // Sampling a program that cannot be rebuilt: preloaded, and what preloads it. scripts/build-agent builds them.
        .target(name: "CHoofprintAgent", dependencies: ["CHoofprint"]),
        .target(name: "HoofprintAgent", dependencies: ["CHoofprintAgent", "Hoofprint"], exclude: ["exports.map"]),
        .executableTarget(name: "hoofprint-agent", dependencies: ["PackageVersion"]),

        // Reading. Where records are in a block of a log, and how many lines it has: 64 bytes at a time, which takes C.
        .target(name: "CLogScan"),
        .systemLibrary(name: "CDemangle"),
        // Logs that are packed: gzip by zlib, and zstd, each by the library of the tool that packs them.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "TraceReport",
            dependencies: ["CDemangle", "CLogScan", "CZlib", "CZstd", "Hoofprint", "TraceLog", "WallClock"]),
        // Debug information is read with elfutils' libdw, which programs that record do not need.
        .systemLibrary(name: "CDW", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),
        .target(name: "TraceSymbols", dependencies: ["CDW", "CHoofprint", "TraceLog", "TraceReport"]),
        // Days, dates and their texts, in UTC.
        .target(name: "WallClock"),
        // The version that the programs tell: one for all of them.
        .target(name: "PackageVersion"),
        // What commands write: files that are replaced at once, terminals, messages.
        .target(name: "CommandOutput", dependencies: [argumentParser]),
        .executableTarget(
            name: "trace-report",
            dependencies: [
                "CommandOutput", "PackageVersion", "TraceReport", "TraceSymbols", "WallClock", argumentParser,
            ]),
        .plugin(
            name: "TraceReportCommand",
            capability: .command(
                intent: .custom(
                    verb: "trace-report",
                    description: "Rank the slow functions recorded in a server's log.")),
            dependencies: ["trace-report"]),

        // Wrapping functions: scripts/instrument compiles the tool, in Sources/Instrumenter and Sources/hoofprint-instrument.
        .plugin(
            name: "InstrumentCommand",
            capability: .command(
                intent: .custom(
                    verb: "instrument", description: "Build a copy of this package with its functions wrapped in spans."
                ))),

        // json-diff: compares two JSON values.
        .target(name: "CJSONIndex"),
        .target(name: "JSONDiff", dependencies: ["CJSONIndex", "Hoofprint"]),

        .executableTarget(
            name: "json-diff",
            dependencies: ["CommandOutput", "JSONDiff", "Hoofprint", "PackageVersion", argumentParser]),

        // red: how much of a picture is red. JPEGs are decoded by libjpeg-turbo, row by row.
        .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        // PNGs, and what they say of themselves.
        .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        // PNGs are decompressed whole by libdeflate, at twice zlib's speed; libpng has those too large for that.
        .systemLibrary(name: "CLibDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        // WebP, and its animations.
        .systemLibrary(name: "CLibWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        // ICC profiles to sRGB.
        .systemLibrary(name: "CLibLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
        .target(name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG", "CLibDeflate", "CLibWebP", "CLibLCMS"]),
        .target(name: "Redness", dependencies: ["CImageCodecs", "Hoofprint"]),
        // What red and red-stats share: HTTP that slow, idle and hostile clients cannot stop.
        .target(
            name: "HTTPService",
            dependencies: [
                program("Hummingbird", "hummingbird"),
                program("HummingbirdCore", "hummingbird"),
                program("HummingbirdTLS", "hummingbird"),
                program("HTTPTypes", "swift-http-types"),
                program("NIOHTTPTypes", "swift-nio-extras"),
                program("NIOCore", "swift-nio"),
                program("NIOHTTP1", "swift-nio"),
                program("NIOSSL", "swift-nio-ssl"),
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("UnixSignals", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
            ]),
        .target(
            name: "RED",
            dependencies: [
                "EventBroker", "HTTPService", "Hoofprint", "REDEvents", "Redness", "WallClock",
                program("Hummingbird", "hummingbird"),
                program("HTTPTypes", "swift-http-types"),
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
                program("GRDB", "GRDB.swift"),
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
                program("Crypto", "swift-crypto"),
            ]),
        .executableTarget(
            name: "red",
            dependencies: [
                "CommandOutput", "EventBroker", "HTTPService", "Hoofprint", "PackageVersion", "RED", "Redness",
                argumentParser,
            ]),

        // What red tells red-stats: an event, and its JSON.
        .target(name: "REDEvents", dependencies: ["WallClock"]),

        // red-stats: counts red's events, exactly, and makes alerts of them.
        // PostgreSQL's own client library: COPY, notifications, and no dependency of its own.
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // Webhooks and mail: HTTP, TLS and SMTP by one library, which asks us before it opens a connection.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(
            name: "REDStats",
            dependencies: [
                "CCurl", "CPostgreSQL", "EventBroker", "Hoofprint", "REDEvents", "WallClock",
                // SQLite, the store that needs no server.
                program("GRDB", "GRDB.swift"),
                // Signatures of webhooks: HMAC-SHA256.
                program("Crypto", "swift-crypto"),
                program("Logging", "swift-log"),
            ]),

        // Events from red to the instances of red-stats. librabbitmq speaks AMQP with RabbitMQ, librdkafka with Kafka; the
        // queue in a file is SQLite's.
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .target(
            name: "EventBroker",
            dependencies: [
                "CRabbitMQ", "CRDKafka", "Hoofprint",
                program("GRDB", "GRDB.swift"),
                program("Logging", "swift-log"),
            ]),

        // upload-images: posts a folder of pictures.
        .target(
            name: "ImageUpload",
            dependencies: [
                "Hoofprint", "WallClock",
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
                program("NIOTLS", "swift-nio"),
                program("NIOSSL", "swift-nio-ssl"),
                program("Crypto", "swift-crypto"),
            ]),
        .executableTarget(
            name: "upload-images", dependencies: ["ImageUpload", "Hoofprint", "PackageVersion", argumentParser]),

        // red-stats' page, in the program: plain files, and Chart.js, whose origin is told beside it.
        .target(
            name: "StatsPage", exclude: ["Vendor/README.md"],
            resources: [.embedInCode("Assets"), .embedInCode("Vendor")]),

        .target(
            name: "REDStatsService",
            dependencies: [
                "EventBroker", "HTTPService", "Hoofprint", "REDEvents", "REDStats", "StatsPage", "WallClock",
                program("Hummingbird", "hummingbird"),
                program("HTTPTypes", "swift-http-types"),
                program("NIOCore", "swift-nio"),
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("UnixSignals", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
                program("Crypto", "swift-crypto"),
            ]),
        .executableTarget(
            name: "red-stats",
            dependencies: [
                "CommandOutput", "EventBroker", "HTTPService", "Hoofprint", "PackageVersion", "REDEvents", "REDStats",
                "REDStatsService", "WallClock", argumentParser,
                program("Logging", "swift-log"),
            ]),

        // Tests, a target for each module, and one for the package as its users get it.
        .target(name: "TestSupport", path: "Tests/TestSupport", exclude: ["Servers"]),
        // Random numbers that a seed repeats, for tests and for the programs that they run.
        .target(name: "SeededRandom", path: "Tests/SeededRandom"),
        // A client that writes its bytes itself, and OpenAPI documents that answers are held against.
        .target(name: "HTTPTestSupport", path: "Tests/HTTPTestSupport"),
        .testTarget(
            name: "REDStatsServiceTests",
            dependencies: [
                "EventBroker", "HTTPTestSupport", "REDEvents", "REDStats", "REDStatsService", "StatsSamples",
                "TestSupport", "WallClock", "red-stats",
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
            ]),
        .testTarget(name: "PackageTests", dependencies: ["TestSupport", "trace-report"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["HTTPTestSupport", "TestSupport", "red", "red-stats", "upload-images", "trace-report"]),
        .testTarget(name: "TraceLogTests", dependencies: ["TestSupport", "TraceLog", "CHoofprint"]),
        .testTarget(
            name: "HoofprintTests",
            dependencies: ["CHoofprint", "Hoofprint", "TestSupport", "TraceLog", "TraceReport", "hoofprint-scenarios"]),
        .testTarget(
            name: "HoofprintAgentTests", dependencies: ["TestSupport", "TraceLog", "hoofprint-scenarios"],
            exclude: ["Programs"]),
        .testTarget(
            name: "HoofprintLoggingTests",
            dependencies: [
                "HoofprintLogging", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-logging-scenarios", logging("Logging", "swift-log"),
            ]),
        .executableTarget(
            name: "hoofprint-logging-scenarios",
            dependencies: ["HoofprintLogging", "Hoofprint", logging("Logging", "swift-log")],
            path: "Tests/HoofprintLoggingScenarios"),
        .testTarget(
            name: "HoofprintMetricsTests",
            dependencies: [
                "HTTPTestSupport", "HoofprintMetrics", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-server-scenarios", "trace-report", metrics("Metrics"),
            ]),
        .testTarget(
            name: "HoofprintServiceTests",
            dependencies: [
                "HoofprintConfiguration", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-server-scenarios", configuration,
            ]),
        // A server with Hummingbird's metrics, and service groups that are stopped, as processes of their own.
        .executableTarget(
            name: "hoofprint-server-scenarios",
            dependencies: [
                "HoofprintMetrics", "HoofprintService", "Hoofprint",
                metrics("Metrics"),
                program("Hummingbird", "hummingbird"),
                program("Logging", "swift-log"),
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("UnixSignals", "swift-service-lifecycle"),
            ],
            path: "Tests/HoofprintServerScenarios"),
        .testTarget(
            name: "HoofprintTracingTests",
            dependencies: [
                "HoofprintTracing", "Hoofprint", "SeededRandom", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-tracing-scenarios", "trace-report",
                tracing("Tracing", "swift-distributed-tracing"), tracing("Logging", "swift-log"),
            ]),
        // With `Programs` what is tested with, so that who wants the trait `Tracing` alone fetches neither.
        .executableTarget(
            name: "hoofprint-tracing-scenarios",
            dependencies: [
                "HoofprintTracing", "Hoofprint",
                tracing("Tracing", "swift-distributed-tracing"), tracing("Logging", "swift-log"),
                program("Hummingbird", "hummingbird"),
                program("NIOCore", "swift-nio"),
                program("AsyncHTTPClient", "async-http-client"),
            ],
            path: "Tests/HoofprintTracingScenarios"),
        .testTarget(
            name: "TracedTests", dependencies: ["TraceLog", "hoofprint-traced-scenario"],
            exclude: ["Refused.swift.txt"]),
        .executableTarget(
            name: "hoofprint-traced-scenario", dependencies: ["HoofprintTraced"], path: "Tests/TracedScenario"),
        .executableTarget(
            name: "hoofprint-scenarios", dependencies: ["Hoofprint", "SeededRandom"], path: "Tests/HoofprintScenarios"),
        // What scripts/check-stacks and scripts/soak-signals sample.
        .target(
            name: "CStackCorpus", dependencies: ["CHoofprint"], path: "Tests/CStackCorpus", exclude: ["Loaded"],
            cSettings: [.unsafeFlags(["-O2", "-fomit-frame-pointer"])],
            cxxSettings: [.unsafeFlags(["-O2", "-fomit-frame-pointer"])]),
        .executableTarget(name: "stack-corpus", dependencies: ["CStackCorpus"], path: "Tests/StackCorpus"),
        .target(name: "CSignalSoak", dependencies: ["CHoofprint"], path: "Tests/SignalSoak/Driver"),
        .executableTarget(
            name: "signal-soak",
            dependencies: [
                "CSignalSoak",
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
            ],
            path: "Tests/SignalSoak/Swift"),
        .testTarget(name: "CommandOutputTests", dependencies: ["CommandOutput"]),
        // Logs of any size, as a server writes them in mode `every`: for measurements and tests of the reader.
        .executableTarget(
            name: "log-generator", dependencies: ["SeededRandom", "TraceLog"], path: "Tests/LogGenerator"),
        // What scripts/check-reader and scripts/fuzz-reader run: reports of damaged logs, and what libFuzzer calls.
        .executableTarget(
            name: "reader-check", dependencies: ["SeededRandom", "TraceLog", "TraceReport"], path: "Tests/ReaderCheck",
            exclude: [
                "check_reader.py", "forge_records.py", "generator.py", "make_corpus.py", "mutations.py",
                "record_format.py", "reference.py", "words.dict",
            ]),
        // Waits in known system calls: what the tests of --strace run under strace.
        .executableTarget(name: "strace-scenario", dependencies: ["Hoofprint"], path: "Tests/StraceScenario"),
        .testTarget(
            name: "TraceReportTests",
            dependencies: [
                "CLogScan", "SeededRandom", "TestSupport", "TraceReport", "TraceLog", "strace-scenario", "trace-report",
            ],
            exclude: ["Browser", "Golden", "Readers", "Strace", "Terminal"]),
        .testTarget(
            name: "TraceSymbolsTests",
            dependencies: [
                "CHoofprint", "TestSupport", "TraceSymbols", "TraceReport", "TraceLog", "hoofprint-scenarios",
                "trace-report",
            ]),
        .testTarget(name: "InstrumentTests", dependencies: ["TestSupport", "TraceLog"], exclude: ["Packages"]),
        // Random JSON values with a plain reader, and what scripts/check-json and scripts/fuzz-json run.
        .target(name: "JSONSamples", dependencies: ["SeededRandom"], path: "Tests/JSONSamples"),
        .executableTarget(
            name: "json-check", dependencies: ["CJSONIndex", "JSONDiff", "JSONSamples"], path: "Tests/JSONCheck"),
        .testTarget(
            name: "JSONDiffTests",
            dependencies: ["CJSONIndex", "JSONDiff", "JSONSamples", "SeededRandom", "TestSupport", "json-diff"],
            exclude: ["Golden"]),
        // What scripts/check-pictures, scripts/fuzz-pictures and Benchmarks/red run.
        .executableTarget(
            name: "picture-check", dependencies: ["CImageCodecs", "Redness"], path: "Tests/PictureCheck",
            exclude: ["check_pictures.py"]),
        .testTarget(name: "WallClockTests", dependencies: ["WallClock"]),
        .testTarget(name: "RednessTests", dependencies: ["Redness"]),
        .testTarget(
            name: "REDTests",
            dependencies: [
                "EventBroker", "HTTPService", "HTTPTestSupport", "RED", "REDEvents", "red", "Redness", "SeededRandom",
                "TestSupport", "TraceLog", "WallClock",
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
                program("HTTPTypes", "swift-http-types"),
                program("NIOCore", "swift-nio"),
                program("NIOEmbedded", "swift-nio"),
                program("Crypto", "swift-crypto"),
                program("GRDB", "GRDB.swift"),
            ]),
        // Random events, a plain count of them, and a PostgreSQL of one's own: for tests and for stats-check.
        .target(
            name: "StatsSamples",
            dependencies: ["CPostgreSQL", "REDEvents", "REDStats", "SeededRandom", "TestSupport", "WallClock"],
            path: "Tests/StatsSamples"),
        .executableTarget(
            name: "stats-check",
            dependencies: ["CPostgreSQL", "REDEvents", "REDStats", "SeededRandom", "StatsSamples", "WallClock"],
            path: "Tests/StatsCheck"),
        // Delivers alerts in a process that tests kill, or run in a network of its own.
        .executableTarget(
            name: "alert-worker", dependencies: ["REDStats", program("Logging", "swift-log")],
            path: "Tests/AlertWorker"),
        .testTarget(
            name: "REDStatsTests",
            dependencies: [
                "EventBroker", "REDEvents", "REDStats", "SeededRandom", "StatsSamples", "TestSupport", "WallClock",
                "alert-worker",
                program("Logging", "swift-log"),
            ],
            exclude: ["Delivery/Servers"]),
        // Headless Chromium, driven by Python scripts.
        .testTarget(name: "StatsPageTests", dependencies: ["StatsPage", "TestSupport"], exclude: ["Browser"]),
        .testTarget(
            name: "EventBrokerTests",
            dependencies: [
                "CRDKafka", "EventBroker", "TestSupport", "broker-member",
                program("Logging", "swift-log"),
            ]),
        // A publisher, and a consumer that can be killed, as processes of their own.
        .executableTarget(
            name: "broker-member", dependencies: ["EventBroker", program("Logging", "swift-log")],
            path: "Tests/EventBrokerMember"),
        .testTarget(
            name: "ImageUploadTests",
            dependencies: [
                "ImageUpload", "SeededRandom", "TestSupport", "WallClock",
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
                program("NIOHTTP1", "swift-nio"),
                program("NIOSSL", "swift-nio-ssl"),
            ]),
    ]
)

// All that is compiled is checked alike. What is C knows no settings of Swift.
for target in package.targets where ![.system, .plugin].contains(target.type) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
