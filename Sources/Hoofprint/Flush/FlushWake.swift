import CHoofprint

/// What woke the flush thread.
enum FlushWake {
    case time
    case request(UInt32)
    case stop
    /// The process is to end by the signal, or crashed with it.
    case signal(Int32)

    /// Waits, on the flush thread, for a request, for requests to gather, for a signal or `seconds`.
    static func wait(seconds: Double) -> FlushWake {
        hp_flush_wait(UInt64(seconds * 1e9))
        let signal = hp_ending_signal()
        if signal != 0 { return .signal(signal) }
        var stops = false
        let number = hp_requested_flush(&stops)
        if number == 0 { return .time }
        return stops ? .stop : .request(number)
    }
}
