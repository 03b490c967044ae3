import Testing
@testable import ImageUpload
