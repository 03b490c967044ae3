import Hummingbird
import Logging

let settings = try Settings(environment: .init())
let logger = Logger(label: "orderdesk")
let orderDesk = try await OrderDesk(settings, logger: logger)
try await orderDesk.application().runService()
