// Hoofprint's row of the table of peers: a span under a span, recorded as `HOOFPRINT_*` variables say, by default
// aggregated with histogram, self and on-CPU time, and kept for exemplars.

import CMeasure
import Foundation
import Hoofprint

HoofprintSystem.bootstrap()

let name = HoofprintSystem.isRecording ? "Hoofprint" : "Hoofprint, switched off"
let status = measure_run(name, spans, 1_000_000, CommandLine.argc, CommandLine.unsafeArgv)
HoofprintSystem.shutdown()
exit(status)
