import Testing
@testable import Hoofprint
