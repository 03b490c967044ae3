import Foundation

/// Where `swift build` put the test bundle, and the executables with it.
package let productsFolder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
