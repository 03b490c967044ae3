// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "HardCases",
    platforms: [.macOS(.v15)],
    targets: [
        .executableTarget(
            name: "HardCases", dependencies: ["Helpers"],
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault"), .treatAllWarnings(as: .error)]),
        .target(name: "Helpers"),
    ])
