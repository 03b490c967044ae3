import Testing
@testable import Redness
