// The server of `server-load/run`: Hummingbird answers GET /healthz within a span. A byte on standard input switches
// Hoofprint's samplers while it serves: 1 on, 0 off.

import Foundation
import Hoofprint
import Hummingbird
import Logging

HoofprintSystem.bootstrap()

let router = Router()
router.get("/healthz") { _, _ in
    await span("health") { "ok\n" }
}

let switching = Thread {
    while let byte = FileHandle.standardInput.availableData.last {
        HoofprintSystem.isSampling = byte == UInt8(ascii: "1")
    }
}
switching.start()

let app = Application(
    router: router,
    configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
    onServerRunning: { channel in
        print("listening on \(channel.localAddress?.port ?? 0)")
        fflush(nil)
    },
    logger: Logger(label: "load-server") { _ in SwiftLogNoOpLogHandler() })
try await app.runService()
HoofprintSystem.shutdown()
