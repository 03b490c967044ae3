import Hummingbird
import Logging
import NIOPosix

/// The server: its stores and services, and the routes to them.
struct OrderDesk {
    private let settings: Settings
    private let logger: Logger
    private let customers: CustomerStore
    private let orders: OrderStore
    private let invoices: InvoiceStore
    private let stock: StockRoom
    private let labels: LabelPrinter

    init(_ settings: Settings, logger: Logger) async throws {
        self.settings = settings
        self.logger = logger
        let threads = NIOThreadPool(numberOfThreads: 16)
        threads.start()
        let database = try Database(url: settings.database, connections: 8, threads: threads)
        try await Schema(indexed: settings.mended).create(in: database)
        customers = CustomerStore(database: database)
        orders = OrderStore(database: database)
        invoices = InvoiceStore(database: database)
        let ledger = try StockLedger(path: "\(settings.folder)/stock.ledger", syncsInside: !settings.mended)
        stock = StockRoom(ledger: ledger, threads: threads)
        labels = LabelPrinter(refusesUnknown: settings.mended)
    }

    func application() -> some ApplicationProtocol {
        let router = Router()
        router.add(middleware: RequestLog(logger: logger))
        router.get("health") { _, _ in HTTPResponse.Status.ok }
        let finder = DuplicateFinder(sortsFirst: settings.mended)
        CustomerRoutes(customers: customers, orders: orders, finder: finder).add(to: router.group("customers"))
        OrderRoutes(orders: orders, stock: stock).add(to: router.group("orders"))
        InvoiceRoutes(invoices: invoices, orders: orders).add(to: router.group("invoices"))
        ShipmentRoutes(labels: labels).add(to: router.group("shipments"))
        let labels = labels
        var application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: settings.port), serverName: "orderdesk"),
            onServerRunning: { channel in
                logger.info("listening", metadata: ["port": "\(channel.localAddress?.port ?? 0)"])
            },
            logger: logger)
        application.addServices(labels)
        return application
    }
}
