// swift-tools-version: 6.2
// Hoofprint: which functions on the server are slow, answered from its log alone.
//
// The core (products Hoofprint, TraceLog) has no package dependency. Everything below that has one is
// behind a trait, and every product use carries the trait's condition, so that a consumer who writes
// `.package(url: …, traits: [])` resolves this package and nothing else. A test builds such a consumer.

import CompilerPluginSupport
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A package product used only where the trait `Tools` is on.
func tool(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Tools"]))
}

/// A package product used only where the trait `Programs` is on.
func program(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Programs"]))
}

/// A package product used only where the trait `Logging` is on.
func logging(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Logging"]))
}

/// The products of swift-metrics, used only where the trait `Metrics` is on.
func metrics(_ product: String) -> Target.Dependency {
    .product(name: product, package: "swift-metrics", condition: .when(traits: ["Metrics"]))
}

/// A package product used only where the trait `Tracing` is on.
func tracing(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Tracing"]))
}

/// A library of swift-syntax, used only where the trait `Traced` is on.
func syntax(_ product: String) -> Target.Dependency {
    .product(name: product, package: "swift-syntax", condition: .when(traits: ["Traced"]))
}

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
        .trait(
            name: "Configuration", description: "HoofprintConfiguration: settings are read by swift-configuration."),
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
        .target(name: "TraceLog", swiftSettings: strict),
        .target(name: "Hoofprint", dependencies: ["CHoofprint", "TraceLog"], swiftSettings: strict),

        .target(
            name: "HoofprintLogging", dependencies: ["Hoofprint", logging("Logging", "swift-log")],
            swiftSettings: strict),

        // Recording in a server of the Swift ecosystem: its metrics, its service group, its settings.
        .target(
            name: "HoofprintMetrics", dependencies: ["Hoofprint", "TraceLog", metrics("CoreMetrics")],
            swiftSettings: strict),
        .target(
            name: "HoofprintService",
            dependencies: [
                "Hoofprint",
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["Lifecycle"])),
            ],
            swiftSettings: strict),
        .target(
            name: "HoofprintConfiguration",
            dependencies: [
                "Hoofprint",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: strict),

        // Spans of swift-distributed-tracing, W3C Trace Context, and the numbers of both on the lines of swift-log.
        .target(
            name: "HoofprintTracing",
            dependencies: [
                "Hoofprint", "TraceLog",
                tracing("Tracing", "swift-distributed-tracing"), tracing("Logging", "swift-log"),
            ],
            swiftSettings: strict),

        // Spans by attribute: what decides how a body is wrapped, which scripts/instrument compiles too, and the macros.
        .target(
            name: "Instrumenter",
            dependencies: [
                syntax("SwiftSyntax"), syntax("SwiftParser"), syntax("SwiftDiagnostics"),
                syntax("SwiftParserDiagnostics"),
            ],
            swiftSettings: strict),
        .macro(
            name: "TracedMacros",
            dependencies: [
                "Instrumenter", syntax("SwiftSyntax"), syntax("SwiftParser"), syntax("SwiftDiagnostics"),
                syntax("SwiftSyntaxBuilder"), syntax("SwiftSyntaxMacros"), syntax("SwiftCompilerPlugin"),
            ],
            swiftSettings: strict),
        .target(name: "HoofprintTraced", dependencies: ["Hoofprint", "TracedMacros"], swiftSettings: strict),

        // What an instrumented build has in it, so that recording starts by itself.
        .target(name: "CHoofprintAutostart"),
        .target(
            name: "HoofprintAutostart", dependencies: ["CHoofprintAutostart", "Hoofprint"], swiftSettings: strict),

        // Sampling a program that cannot be rebuilt: preloaded, and what preloads it. scripts/build-agent builds them.
        .target(name: "CHoofprintAgent", dependencies: ["CHoofprint"]),
        .target(
            name: "HoofprintAgent", dependencies: ["CHoofprintAgent", "Hoofprint"], exclude: ["exports.map"],
            swiftSettings: strict),
        .executableTarget(name: "hoofprint-agent", swiftSettings: strict),

        // Reading. Where records are in a block of a log, and how many lines it has: 64 bytes at a time, which takes C.
        .target(name: "CLogScan"),
        .systemLibrary(name: "CDemangle"),
        // Logs that are packed: gzip by zlib, and zstd, each by the library of the tool that packs them.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "TraceReport",
            dependencies: ["CDemangle", "CLogScan", "CZlib", "CZstd", "Hoofprint", "TraceLog", "WallClock"],
            swiftSettings: strict),
        // Debug information is read with elfutils' libdw, which programs that record do not need.
        .systemLibrary(name: "CDW", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),
        .target(
            name: "TraceSymbols", dependencies: ["CDW", "CHoofprint", "TraceLog", "TraceReport"],
            swiftSettings: strict),
        // Days, dates and their texts, in UTC.
        .target(name: "WallClock", swiftSettings: strict),
        // What commands write: files that are replaced at once, terminals, messages.
        .target(
            name: "CommandOutput", dependencies: [tool("ArgumentParser", "swift-argument-parser")],
            swiftSettings: strict),
        .executableTarget(
            name: "trace-report",
            dependencies: [
                "CommandOutput", "TraceReport", "TraceSymbols", "WallClock",
                tool("ArgumentParser", "swift-argument-parser"),
            ],
            swiftSettings: strict),
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
        .target(name: "JSONDiff", dependencies: ["CJSONIndex", "Hoofprint"], swiftSettings: strict),

        .executableTarget(
            name: "json-diff",
            dependencies: ["CommandOutput", "JSONDiff", "Hoofprint", tool("ArgumentParser", "swift-argument-parser")],
            swiftSettings: strict),

        // red: how much of a picture is red. JPEGs are decoded by libjpeg-turbo, row by row.
        .systemLibrary(
            name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
        // PNGs, and what they say of themselves.
        .systemLibrary(
            name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        // PNGs are decompressed whole by libdeflate, at twice zlib's speed; libpng has those too large for that.
        .systemLibrary(
            name: "CLibDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        // WebP, and its animations.
        .systemLibrary(
            name: "CLibWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        // ICC profiles to sRGB.
        .systemLibrary(
            name: "CLibLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"])]),
        .target(
            name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG", "CLibDeflate", "CLibWebP", "CLibLCMS"]),
        .target(name: "Redness", dependencies: ["CImageCodecs", "Hoofprint"], swiftSettings: strict),
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
            ],
            swiftSettings: strict),
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
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "red",
            dependencies: [
                "CommandOutput", "EventBroker", "HTTPService", "Hoofprint", "RED", "Redness",
                tool("ArgumentParser", "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // What red tells red-stats: an event, and its JSON.
        .target(name: "REDEvents", dependencies: ["WallClock"], swiftSettings: strict),

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
            ],
            swiftSettings: strict),

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
            ],
            swiftSettings: strict),

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
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "upload-images",
            dependencies: ["ImageUpload", "Hoofprint", tool("ArgumentParser", "swift-argument-parser")],
            swiftSettings: strict),

        // red-stats' page, in the program: plain files, and Chart.js, whose origin is told beside it.
        .target(
            name: "StatsPage", exclude: ["Vendor/README.md"],
            resources: [.embedInCode("Assets"), .embedInCode("Vendor")], swiftSettings: strict),

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
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "red-stats",
            dependencies: [
                "CommandOutput", "EventBroker", "HTTPService", "Hoofprint", "REDEvents", "REDStats", "REDStatsService",
                "WallClock",
                tool("ArgumentParser", "swift-argument-parser"),
                program("Logging", "swift-log"),
            ],
            swiftSettings: strict),

        // Tests, a target for each module, and one for the package as its users get it.
        .target(name: "TestSupport", path: "Tests/TestSupport", exclude: ["Servers"], swiftSettings: strict),
        // A client that writes its bytes itself, and OpenAPI documents that answers are held against.
        .target(name: "HTTPTestSupport", path: "Tests/HTTPTestSupport", swiftSettings: strict),
        .testTarget(
            name: "REDStatsServiceTests",
            dependencies: [
                "EventBroker", "HTTPTestSupport", "REDEvents", "REDStats", "REDStatsService", "StatsSamples",
                "TestSupport",
                "WallClock", "red-stats",
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(name: "PackageTests", dependencies: ["TestSupport", "trace-report"], swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["HTTPTestSupport", "TestSupport", "red", "red-stats", "upload-images", "trace-report"],
            swiftSettings: strict),
        .testTarget(
            name: "TraceLogTests", dependencies: ["TestSupport", "TraceLog", "CHoofprint"], swiftSettings: strict),
        .testTarget(
            name: "HoofprintTests",
            dependencies: ["CHoofprint", "Hoofprint", "TestSupport", "TraceLog", "TraceReport", "hoofprint-scenarios"],
            swiftSettings: strict),
        .testTarget(
            name: "HoofprintAgentTests", dependencies: ["TestSupport", "TraceLog", "hoofprint-scenarios"],
            exclude: ["Programs"], swiftSettings: strict),
        .testTarget(
            name: "HoofprintLoggingTests",
            dependencies: [
                "HoofprintLogging", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-logging-scenarios",
                logging("Logging", "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "hoofprint-logging-scenarios",
            dependencies: ["HoofprintLogging", "Hoofprint", logging("Logging", "swift-log")],
            path: "Tests/HoofprintLoggingScenarios", swiftSettings: strict),
        .testTarget(
            name: "HoofprintMetricsTests",
            dependencies: [
                "HTTPTestSupport", "HoofprintMetrics", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-server-scenarios", "trace-report",
                metrics("Metrics"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HoofprintServiceTests",
            dependencies: [
                "HoofprintConfiguration", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-server-scenarios",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: strict),
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
            path: "Tests/HoofprintServerScenarios", swiftSettings: strict),
        .testTarget(
            name: "HoofprintTracingTests",
            dependencies: [
                "HoofprintTracing", "Hoofprint", "TestSupport", "TraceLog", "TraceReport",
                "hoofprint-tracing-scenarios", "trace-report",
                tracing("Tracing", "swift-distributed-tracing"), tracing("Logging", "swift-log"),
            ],
            swiftSettings: strict),
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
            path: "Tests/HoofprintTracingScenarios", swiftSettings: strict),
        .testTarget(
            name: "TracedTests", dependencies: ["TraceLog", "hoofprint-traced-scenario"],
            exclude: ["Refused.swift.txt"], swiftSettings: strict),
        .executableTarget(
            name: "hoofprint-traced-scenario", dependencies: ["HoofprintTraced"], path: "Tests/TracedScenario",
            swiftSettings: strict),
        .executableTarget(
            name: "hoofprint-scenarios", dependencies: ["Hoofprint"], path: "Tests/HoofprintScenarios",
            swiftSettings: strict),
        // What scripts/check-stacks and scripts/soak-signals sample.
        .target(
            name: "CStackCorpus", dependencies: ["CHoofprint"], path: "Tests/CStackCorpus", exclude: ["Loaded"],
            cSettings: [.unsafeFlags(["-O2", "-fomit-frame-pointer"])],
            cxxSettings: [.unsafeFlags(["-O2", "-fomit-frame-pointer"])]),
        .executableTarget(
            name: "stack-corpus", dependencies: ["CStackCorpus"], path: "Tests/StackCorpus", swiftSettings: strict),
        .target(name: "CSignalSoak", dependencies: ["CHoofprint"], path: "Tests/SignalSoak/Driver"),
        .executableTarget(
            name: "signal-soak",
            dependencies: [
                "CSignalSoak",
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
            ],
            path: "Tests/SignalSoak/Swift", swiftSettings: strict),
        .testTarget(name: "CommandOutputTests", dependencies: ["CommandOutput"], swiftSettings: strict),
        // Logs of any size, as a server writes them in mode `every`: for measurements and tests of the reader.
        .executableTarget(
            name: "log-generator", dependencies: ["TraceLog"], path: "Tests/LogGenerator", swiftSettings: strict),
        // What scripts/check-reader and scripts/fuzz-reader run: reports of damaged logs, and what libFuzzer calls.
        .executableTarget(
            name: "reader-check", dependencies: ["TraceLog", "TraceReport"], path: "Tests/ReaderCheck",
            exclude: [
                "check_reader.py", "forge_records.py", "generator.py", "make_corpus.py", "mutations.py",
                "record_format.py", "reference.py", "words.dict",
            ],
            swiftSettings: strict),
        // Waits in known system calls: what the tests of --strace run under strace.
        .executableTarget(
            name: "strace-scenario", dependencies: ["Hoofprint"], path: "Tests/StraceScenario", swiftSettings: strict),
        .testTarget(
            name: "TraceReportTests",
            dependencies: ["CLogScan", "TestSupport", "TraceReport", "TraceLog", "strace-scenario", "trace-report"],
            exclude: ["Browser", "Golden", "Readers", "Strace", "Terminal"], swiftSettings: strict),
        .testTarget(
            name: "TraceSymbolsTests",
            dependencies: [
                "CHoofprint", "TestSupport", "TraceSymbols", "TraceReport", "TraceLog", "hoofprint-scenarios",
                "trace-report",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "InstrumentTests", dependencies: ["TestSupport", "TraceLog"], exclude: ["Packages"],
            swiftSettings: strict),
        // Random JSON values with a plain reader, and what scripts/check-json and scripts/fuzz-json run.
        .target(name: "JSONSamples", path: "Tests/JSONSamples", swiftSettings: strict),
        .executableTarget(
            name: "json-check", dependencies: ["CJSONIndex", "JSONDiff", "JSONSamples"], path: "Tests/JSONCheck",
            swiftSettings: strict),
        .testTarget(
            name: "JSONDiffTests", dependencies: ["CJSONIndex", "JSONDiff", "JSONSamples", "TestSupport", "json-diff"],
            exclude: ["Golden"],
            swiftSettings: strict),
        // What scripts/check-pictures, scripts/fuzz-pictures and Benchmarks/red run.
        .executableTarget(
            name: "picture-check", dependencies: ["CImageCodecs", "Redness"], path: "Tests/PictureCheck",
            exclude: ["check_pictures.py"], swiftSettings: strict),
        .testTarget(name: "WallClockTests", dependencies: ["WallClock"], swiftSettings: strict),
        .testTarget(name: "RednessTests", dependencies: ["Redness"], swiftSettings: strict),
        .testTarget(
            name: "REDTests",
            dependencies: [
                "EventBroker", "HTTPService", "HTTPTestSupport", "RED", "REDEvents", "red", "Redness", "TestSupport",
                "TraceLog",
                "WallClock",
                program("ServiceLifecycle", "swift-service-lifecycle"),
                program("Logging", "swift-log"),
                program("HTTPTypes", "swift-http-types"),
                program("NIOCore", "swift-nio"),
                program("NIOEmbedded", "swift-nio"),
                program("Crypto", "swift-crypto"),
                program("GRDB", "GRDB.swift"),
            ],
            swiftSettings: strict),
        // Random events, a plain count of them, and a PostgreSQL of one's own: for tests and for stats-check.
        .target(
            name: "StatsSamples", dependencies: ["CPostgreSQL", "REDEvents", "REDStats", "WallClock"],
            path: "Tests/StatsSamples", swiftSettings: strict),
        .executableTarget(
            name: "stats-check", dependencies: ["CPostgreSQL", "REDEvents", "REDStats", "StatsSamples", "WallClock"],
            path: "Tests/StatsCheck", swiftSettings: strict),
        // Delivers alerts in a process that tests kill, or run in a network of its own.
        .executableTarget(
            name: "alert-worker", dependencies: ["REDStats", program("Logging", "swift-log")],
            path: "Tests/AlertWorker", swiftSettings: strict),
        .testTarget(
            name: "REDStatsTests",
            dependencies: [
                "EventBroker", "REDEvents", "REDStats", "StatsSamples", "TestSupport", "WallClock", "alert-worker",
                program("Logging", "swift-log"),
            ],
            exclude: ["Delivery/Servers"],
            swiftSettings: strict),
        // Headless Chromium, driven by Python scripts.
        .testTarget(
            name: "StatsPageTests", dependencies: ["StatsPage", "TestSupport"], exclude: ["Browser"],
            swiftSettings: strict),
        .testTarget(
            name: "EventBrokerTests",
            dependencies: [
                "CRDKafka", "EventBroker", "TestSupport", "broker-member",
                program("Logging", "swift-log"),
            ],
            swiftSettings: strict),
        // A publisher, and a consumer that can be killed, as processes of their own.
        .executableTarget(
            name: "broker-member", dependencies: ["EventBroker", program("Logging", "swift-log")],
            path: "Tests/EventBrokerMember", swiftSettings: strict),
        .testTarget(
            name: "ImageUploadTests",
            dependencies: [
                "ImageUpload", "TestSupport", "WallClock",
                program("NIOCore", "swift-nio"),
                program("NIOPosix", "swift-nio"),
                program("NIOHTTP1", "swift-nio"),
                program("NIOSSL", "swift-nio-ssl"),
            ],
            swiftSettings: strict),
    ]
)
