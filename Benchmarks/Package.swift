// swift-tools-version: 6.2
// What Hoofprint costs beside what others cost, in one run. A package of its own: its dependencies are nobody else's.

import PackageDescription

let package = Package(
    name: "hoofprint-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "hoofprint", path: "..", traits: []),
        // Peers: a span that is switched off, and the two log lines one writes without a recorder.
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "wait-cost", dependencies: [.product(name: "Hoofprint", package: "hoofprint")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .target(name: "CSpanCost"),
        .executableTarget(
            name: "span-cost",
            dependencies: [
                "CSpanCost",
                .product(name: "Hoofprint", package: "hoofprint"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
