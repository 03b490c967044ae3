import NIOCore
import Redness

extension REDServer {
    /// How a server is set up.
    public struct Configuration: Sendable {
        /// The name or address to listen on.
        public var host = "127.0.0.1"
        /// The port to listen on, 0...65535; 0 takes a free one.
        public var port = 8080
        /// The folder that pictures are kept in; it is created where it is missing.
        public var store = "./images"
        /// The most bytes of a picture; longer ones are refused with 413.
        public var maximumBytes = 32 << 20
        /// The most uploads in flight; further ones are refused with 503.
        public var maximumUploads = 64
        /// After how many seconds without a byte from the client a connection is closed.
        public var idleSeconds = 30
        /// How many seconds requests may take to end once the server is told to stop.
        public var graceSeconds = 30

        /// A server on the loopback address, port 8080.
        public init() {}

        /// What a picture may be.
        var pictureLimits: PictureLimits {
            var limits = PictureLimits()
            limits.bytes = maximumBytes
            return limits
        }
    }
}
