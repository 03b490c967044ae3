/// An invoice as it is printed.
struct InvoiceText {
    let invoice: Invoice
    let order: Order

    func rendered() -> String {
        let tax = order.total * invoice.tax / 100
        let lines = [
            "Invoice \(invoice.id)", invoice.address, "",
            line("\(order.quantity) × \(order.article)", order.total),
            line("Tax, \(invoice.tax) %", tax),
            line("Total", order.total + tax),
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ text: String, _ cents: Int) -> String {
        let amount = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
        return text + String(repeating: " ", count: max(1, 60 - text.count - amount.count)) + amount
    }
}
