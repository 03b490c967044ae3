// swift-tools-version: 6.2
// Regression figures of the recorder, with ordo-one/benchmark. A package of its own, for the weight of what it depends on.

import PackageDescription

let package = Package(
    name: "hoofprint-regression",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "hoofprint", path: "../..", traits: []),
        // Without its traits: its interposers count a recorder's allocations wrongly, and `span-cost` counts them right.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Recorder",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Hoofprint", package: "hoofprint"),
                .product(name: "TraceLog", package: "hoofprint"),
            ],
            path: "Benchmarks/Recorder", swiftSettings: [.swiftLanguageMode(.v6)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
