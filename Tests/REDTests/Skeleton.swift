import Testing
@testable import RED
