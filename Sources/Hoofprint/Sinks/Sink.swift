/// Takes encoded record lines somewhere.
///
/// A sink is called by the flush thread only, one call at a time. It may block: that delays the next flush and no one
/// else; shutdown waits for it no longer than two seconds, and a signal that is to end the process as long as it takes, or
/// until it comes a second time. Signals are blocked on the flush thread.
///
/// ```swift
/// struct CourierSink: Sink {
///     func write(_ lines: UnsafeRawBufferPointer) -> Int { … }
/// }
/// ```
public protocol Sink: Sendable {
    /// Called before the lines of a flush.
    ///
    /// - Returns: Whether what is written next starts a new log, one that does not hold what was written so far: a
    ///   file that was rotated. The recorder then writes its tables again, so that each log can be read alone.
    func prepare() -> Bool

    /// A descriptor that a crash of the process may be written to with write(2), from a signal handler; nil: none. Read
    /// after ``prepare()``, it must stay open until the next one.
    var crashDescriptor: Int32? { get }

    /// What must stand before each line of a crash where ``crashDescriptor`` is a datagram socket, in one datagram with it;
    /// at most 255 bytes. Empty: the line is written as it is, as to a file.
    var crashPrefix: [UInt8] { get }

    /// Writes whole lines, each ended by a line feed, at most 4,096 bytes in all.
    ///
    /// - Returns: How many bytes, from the first on, were taken; never more than there are. Lines not taken whole are
    ///   lost and counted; a sink that took part of a line begins the next call's output with a line feed.
    func write(_ lines: UnsafeRawBufferPointer) -> Int
}

extension Sink {
    /// Nothing is rotated.
    public func prepare() -> Bool { false }

    /// A crash is not written.
    public var crashDescriptor: Int32? { nil }

    /// A crash is written as it is.
    public var crashPrefix: [UInt8] { [] }
}
