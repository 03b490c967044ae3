/// red-stats' page: counts over time, live alerts and subscriptions, by the API that the same server has.
///
/// Its files are in the program. The page takes nothing from anywhere else, and asks for nothing but `/v1/…`.
public enum StatsPage {
    /// Every file.
    public static let assets: [PageAsset] = [
        PageAsset("/", "text/html; charset=utf-8", PackageResources.index_html),
        PageAsset("/page/page.css", css, PackageResources.page_css),
        PageAsset("/page/icon.svg", "image/svg+xml", PackageResources.icon_svg),
        PageAsset("/page/page.js", javaScript, PackageResources.page_js),
        PageAsset("/page/alerts.js", javaScript, PackageResources.alerts_js),
        PageAsset("/page/chart.js", javaScript, PackageResources.chart_js),
        PageAsset("/page/counts.js", javaScript, PackageResources.counts_js),
        PageAsset("/page/interval.js", javaScript, PackageResources.interval_js),
        PageAsset("/page/server.js", javaScript, PackageResources.server_js),
        PageAsset("/page/subscribing.js", javaScript, PackageResources.subscribing_js),
        PageAsset("/page/subscriptions.js", javaScript, PackageResources.subscriptions_js),
        PageAsset("/page/words.js", javaScript, PackageResources.words_js),
        PageAsset("/page/charts.js", javaScript, PackageResources.charts_js),
        PageAsset("/page/charts.txt", "text/plain; charset=utf-8", PackageResources.charts_txt),
    ]

    /// The fields to be sent with every file, beside `Content-Type` and `ETag`.
    ///
    /// `no-cache` has a browser ask whether what it has is still right, which the ETag answers: files of two versions
    /// of the page never meet.
    public static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-cache"),
    ]

    /// The file of a path, without a query; nil: there is none.
    public static func asset(_ path: String) -> PageAsset? { byPath[path] }

    private static let css = "text/css; charset=utf-8"
    private static let javaScript = "text/javascript; charset=utf-8"
    private static let byPath = Dictionary(uniqueKeysWithValues: assets.map { ($0.path, $0) })
}
