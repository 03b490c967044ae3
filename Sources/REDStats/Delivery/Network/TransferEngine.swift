import CCurl
import Foundation
import Synchronization

/// Sends many things at once, by libcurl on one thread, none of which can hold up another.
final class TransferEngine: Sendable {
    private struct State {
        var arrivals: [Transfer] = []
        var cancelled: [UInt64] = []
        var nextNumber: UInt64 = 0
        var isClosed = false
        /// libcurl's handle, while its thread runs; nil before and after.
        nonisolated(unsafe) var multi: UnsafeMutableRawPointer?
    }

    private let state = Mutex(State())
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Starts the thread, which ends with ``close()``.
    ///
    /// - Throws: If libcurl cannot be had.
    init() throws(TransferTrouble) {
        guard Self.isReady, let multi = curl_multi_init() else { throw TransferTrouble("libcurl has no memory") }
        // Connections that are kept for the next of a subscription's alerts.
        _ = hp_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 64)
        state.withLock { $0.multi = multi }
        Thread.detachNewThread { [self] in run() }
    }

    /// Sends something, and waits for the answer; a task that is cancelled ends it.
    func perform(_ request: TransferRequest) async -> TransferResult {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                let isTaken = state.withLock { state in
                    // What is cancelled later finds it among the arrivals, or under way.
                    guard !state.isClosed, !Task.isCancelled else { return false }
                    state.arrivals.append(Transfer(number, request, done))
                    Self.wake(state)
                    return true
                }
                if !isTaken { done.resume(returning: .cancelled) }
            }
        } onCancel: {
            state.withLock { state in
                state.cancelled.append(number)
                Self.wake(state)
            }
        }
    }

    /// Ends what is under way, and the thread.
    func close() {
        state.withLock { state in
            state.isClosed = true
            Self.wake(state)
        }
    }

    private static func wake(_ state: State) {
        if let multi = state.multi { curl_multi_wakeup(multi) }
    }

    // MARK: The thread

    private func run() {
        Self.ignoreBrokenPipes()
        guard let multi = state.withLock({ $0.multi }) else { return }
        var running: [UInt64: Transfer] = [:]
        while true {
            let (arrivals, cancelled, isClosed) = state.withLock { state in
                defer { (state.arrivals, state.cancelled) = ([], []) }
                return (state.arrivals, state.cancelled, state.isClosed)
            }
            for transfer in arrivals { begin(transfer, &running, multi) }
            for number in isClosed ? Array(running.keys) : cancelled {
                guard let transfer = running.removeValue(forKey: number) else { continue }
                curl_multi_remove_handle(multi, transfer.handle)
                transfer.done.resume(returning: .cancelled)
            }
            if isClosed { break }
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            finish(&running, multi)
            curl_multi_poll(multi, nil, 0, 1_000, nil)
        }
        state.withLock { $0.multi = nil }
        curl_multi_cleanup(multi)
    }

    private func begin(
        _ transfer: Transfer, _ running: inout [UInt64: Transfer], _ multi: UnsafeMutableRawPointer
    ) {
        do throws(TransferTrouble) {
            try transfer.prepare()
            let code = curl_multi_add_handle(multi, transfer.handle)
            guard code == CURLM_OK else { throw TransferTrouble(String(cString: curl_multi_strerror(code))) }
            running[transfer.number] = transfer
        } catch {
            transfer.done.resume(returning: TransferResult(problem: error.text, isOurs: true))
        }
    }

    private func finish(_ running: inout [UInt64: Transfer], _ multi: UnsafeMutableRawPointer) {
        var code = CURLE_OK
        while let message = hp_curl_next_message(multi, &code) {
            let handle = message.pointee.easy_handle
            var context: UnsafeMutableRawPointer?
            _ = hp_curl_get_pointer(handle, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let result = transfer.result(code)
            curl_multi_remove_handle(multi, handle)
            running[transfer.number] = nil
            transfer.done.resume(returning: result)
        }
    }

    /// A peer that is gone is an error of the transfer, not a signal that ends the program.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
