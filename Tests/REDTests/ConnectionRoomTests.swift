import Logging
import NIOCore
import NIOEmbedded
import SeededRandom
import Testing

@testable import HTTPService

/// How many connections are taken at once, and which give way.
struct ConnectionRoomTests {
    /// Sockets that come, wait, work and go in any order; and a listening socket that is told when to take them.
    private struct Crowd {
        /// Counts how often the listening socket is told to look again.
        final class Looks: ChannelOutboundHandler {
            typealias OutboundIn = Never
            var count = 0

            func read(context: ChannelHandlerContext) { count += 1 }
        }

        let maximum: Int
        let room: Int
        let files: Int
        let connections: Connections
        let looks = Looks()
        let entrance: EmbeddedChannel
        var looksSeen = 0
        /// Whether the listening socket waits to be told.
        var isHeld = true
        var pending: [EmbeddedChannel] = []
        var open: [EmbeddedChannel] = []
        var working: [EmbeddedChannel] = []
        /// Refused or closed for others, and not gone yet.
        var ending: [EmbeddedChannel] = []
        /// Closed by their clients, which the listening socket has not been told yet.
        var gone: [EmbeddedChannel] = []

        init(maximum: Int, room: Int, files: Int) throws {
            (self.maximum, self.room, self.files) = (maximum, room, files)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            connections = Connections(maximum: maximum, filesOfRequest: files, logger: logger)
            entrance = EmbeddedChannel()
            try entrance.pipeline.syncOperations.addHandler(looks)
            #expect(!connections.mayTake())
            connections.begin(at: entrance, room: room)
        }

        var sockets: Int { pending.count + open.count + working.count + ending.count }

        /// As ServerSocketChannel does it: up to four at once, after a look.
        mutating func come() throws {
            if looks.count > looksSeen { isHeld = false }
            looksSeen = looks.count
            guard !isHeld else { return }
            isHeld = !connections.mayTake()
            guard !isHeld else { return }
            for _ in 0..<DescriptorLimit.betweenConnections {
                let channel = EmbeddedChannel()
                try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
                connections.taken()
                pending.append(channel)
            }
        }

        mutating func step(_ numbers: inout SeededGenerator) throws {
            switch Int.random(in: 0..<6, using: &numbers) {
            case 0, 1: try come()
            case 2:
                guard let channel = Self.any(&pending, &numbers) else { break }
                if connections.open(channel) { open.append(channel) } else { ending.append(channel) }
            case 3:
                guard let channel = Self.any(&open, &numbers) else { break }
                if connections.work(channel) { working.append(channel) } else { close(channel) }
                // Those that were closed for it are gone before it opens its file.
                let evicted = open.count { !$0.isActive }
                open.removeAll { !$0.isActive }
                for _ in 0..<evicted { left() }
            case 4:
                guard let channel = Self.any(&working, &numbers) else { break }
                connections.wait(channel)
                open.append(channel)
            default:
                if let channel = Self.any(&open, &numbers) ?? Self.any(&working, &numbers) { close(channel) }
                if Bool.random(using: &numbers) { leave(&numbers) }
            }
            // Those that were closed for others.
            ending += open.filter { !$0.isActive }
            open.removeAll { !$0.isActive }
        }

        private mutating func close(_ channel: EmbeddedChannel) {
            connections.close(channel)
            gone.append(channel)
        }

        mutating func leave(_ numbers: inout SeededGenerator) {
            if Self.any(&gone, &numbers) ?? Self.any(&ending, &numbers) != nil { left() }
        }

        private mutating func left() {
            connections.left()
            if isHeld { isHeld = !connections.mayTake() }
        }

        private static func any(_ channels: inout [EmbeddedChannel], _ numbers: inout SeededGenerator)
            -> EmbeddedChannel?
        {
            channels.indices.randomElement(using: &numbers).map { channels.remove(at: $0) }
        }

        func checkInvariants() {
            let between = 2 * DescriptorLimit.betweenConnections
            #expect(sockets + working.count * files < max(room, 1 + files) + between)
            #expect(sockets < maximum + between)
            #expect(connections.count == open.count + working.count)
        }
    }

    @Test(
        arguments: [(100, 9, 1), (100, 40, 1), (3, 100, 1), (100, 20, 0), (1, 1, 1), (5, 1, 0)], [1, 2, 3] as [UInt64])
    func `Descriptors stay within their bound, and the entrance is never shut for good`(
        _ bounds: (maximum: Int, room: Int, files: Int), seed: UInt64
    ) throws {
        var numbers = SeededGenerator(seed: seed)
        var crowd = try Crowd(maximum: bounds.maximum, room: bounds.room, files: bounds.files)
        for _ in 0..<5_000 {
            try crowd.step(&numbers)
            crowd.checkInvariants()
        }
        // Once all that is between has come in or is gone, the next may come.
        for channel in crowd.pending {
            if crowd.connections.open(channel) { crowd.open.append(channel) } else { crowd.ending.append(channel) }
        }
        crowd.pending = []
        crowd.ending += crowd.open.filter { !$0.isActive }
        crowd.open.removeAll { !$0.isActive }
        while !crowd.ending.isEmpty || !crowd.gone.isEmpty { crowd.leave(&numbers) }
        try crowd.come()
        #expect(crowd.pending.count == 4)
        #expect(crowd.connections.total > 100)
    }

    @Test func `A request that has no room for its file is refused, and idle connections give way first`() throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let connections = Connections(maximum: 100, filesOfRequest: 1, logger: logger)
        connections.begin(at: EmbeddedChannel(), room: 5)
        let channels = try (0..<4).map { _ in
            let channel = EmbeddedChannel()
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            return channel
        }
        for channel in channels { #expect(connections.open(channel)) }
        #expect(connections.work(channels[3]))
        #expect(connections.work(channels[2]))
        #expect(channels.map(\.isActive) == [false, true, true, true])
        #expect(connections.evicted == 1)
        #expect(!connections.work(channels[1]))
        #expect(connections.count == 3)
        connections.wait(channels[2])
        #expect(connections.work(channels[1]))
        #expect(connections.evicted == 1)
    }

    @Test(arguments: [
        (64, 31, 9), (1_024, 40, 848), (20_000, 40, 19_440), (1 << 20, 40, 1 << 20 - 560), (40, 38, 1),
    ])
    func `What a process may have open is left for other things in part`(_ all: Int, _ taken: Int, _ left: Int) {
        #expect(DescriptorLimit(descriptors: all, taken: taken).forConnections == left)
    }
}
