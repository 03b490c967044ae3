// swift-tools-version: 6.2
// What Hoofprint costs beside what others cost, in one run. A package of its own: its dependencies are nobody else's.

import PackageDescription

let swift6: [SwiftSetting] = [.swiftLanguageMode(.v6)]
let hoofprint: Target.Dependency = .product(name: "Hoofprint", package: "hoofprint")
let hoofprintTracing: Target.Dependency = .product(name: "HoofprintTracing", package: "hoofprint")
let traceLog: Target.Dependency = .product(name: "TraceLog", package: "hoofprint")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")

let package = Package(
    name: "hoofprint-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "hoofprint", path: "..", traits: ["Metrics", "Tracing"]),
        // Peers: a span that is switched off, one kept in memory, and the two log lines one writes without a recorder.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Peers of HoofprintMetrics: the backends that it comes with.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // The server that is sampled under load.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // How things are timed, for Swift here and for C and C++ in `peers`; and how allocations are counted.
        .target(name: "CMeasure"),
        .target(name: "CAllocationCount"),

        // What a look of the wait sampler costs.
        .executableTarget(name: "wait-cost", dependencies: [hoofprint], swiftSettings: swift6),
        // What a span costs, in all its forms.
        .executableTarget(
            name: "span-cost",
            dependencies: [
                "CMeasure", "CAllocationCount", hoofprint, hoofprintTracing, tracing, logging,
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: swift6),
        // How large the log is, and how exact its percentiles.
        .executableTarget(name: "log-volume", dependencies: ["CMeasure", hoofprint, traceLog], swiftSettings: swift6),
        // How exact a span's on-CPU time is.
        .executableTarget(
            name: "cpu-accuracy", dependencies: ["CMeasure", hoofprint, traceLog], swiftSettings: swift6),

        // One row each of the table that `peers/run` makes.
        .executableTarget(name: "peer-hoofprint", dependencies: ["CMeasure", hoofprint], swiftSettings: swift6),
        .executableTarget(name: "peer-swift-log", dependencies: ["CMeasure", logging], swiftSettings: swift6),
        .executableTarget(
            name: "peer-tracing",
            dependencies: [
                "CMeasure", tracing, .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: swift6),

        // What sampling costs a server under load; see `server-load/run`.
        .executableTarget(name: "load-server", dependencies: [hoofprint, hummingbird, logging], swiftSettings: swift6),

        // How quick JSON texts are compared; see `json/run`.
        .executableTarget(
            name: "json-compare", dependencies: [.product(name: "JSONDiff", package: "hoofprint")],
            swiftSettings: swift6),

        // What a metric costs.
        .executableTarget(
            name: "metrics-cost",
            dependencies: [
                "CMeasure", hoofprint, .product(name: "HoofprintMetrics", package: "hoofprint"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: swift6),

        // What each probe costs a flush.
        .executableTarget(name: "probe-cost", dependencies: [hoofprint], swiftSettings: swift6),
    ]
)
