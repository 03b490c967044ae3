import Testing
@testable import TraceReport
