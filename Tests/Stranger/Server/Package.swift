// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "orderdesk",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1")
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .executableTarget(
            name: "orderdesk",
            dependencies: ["CPostgres", .product(name: "Hummingbird", package: "hummingbird")]),
    ]
)
