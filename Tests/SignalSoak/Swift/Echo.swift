import CSignalSoak
import Foundation
import NIOCore
import NIOPosix

/// Says what is wrong and ends the process with status 1.
func end(_ message: String) -> Never {
    FileHandle.standardError.write(Data("signal-soak: \(message)\n".utf8))
    exit(1)
}

/// Answers with what comes.
private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}

/// Sends as many bytes as have come back.
private final class AskingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 1, count: 4096)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        worker.did()
        guard soak_goes_on() else { return context.close(promise: nil) }
        context.writeAndFlush(data, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end("an echo failed: \(error)") }
}

/// A server on the loopback interface, and four clients that never pause.
func echo(_ worker: Worker, on loops: MultiThreadedEventLoopGroup) async throws {
    let server = try await ServerBootstrap(group: loops)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(EchoHandler()) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    guard let address = server.localAddress else { end("the server has no address") }
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
            group.addTask {
                let client = try await ClientBootstrap(group: loops)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(AskingHandler(worker))
                        }
                    }
                    .connect(to: address).get()
                try await client.closeFuture.get()
            }
        }
        try await group.waitForAll()
    }
    try await server.close().get()
}
