/// The style of every page.
enum PageStyle {
    /// The style sheet as it stands in a page: without its indentation.
    static let text = sheet.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")

    private static let sheet = """
        :root{color-scheme:light dark;--line:#8884;--soft:light-dark(#f5f5f3,#1d1f22);--dim:light-dark(#5c5f66,#a3a8b0);
        --warm:light-dark(#b45309,#f6be5c);--cold:light-dark(#1d5fb8,#96bcec);--bad:light-dark(#b3261e,#ff8a80);
        --page:light-dark(#fff,#131417)}
        body{font:14px/1.45 system-ui,sans-serif;margin:0;background:var(--page);color:light-dark(#1b1d21,#e6e7ea)}
        header,main{max-width:1200px;margin:auto;padding:0 20px}
        h1{font-size:20px;margin:18px 0 4px;overflow-wrap:anywhere}
        h2{font-size:13px;text-transform:uppercase;letter-spacing:.08em;color:var(--dim);margin:28px 0 8px;
        font-weight:600}
        h3{display:inline;font:600 15px ui-monospace,monospace;overflow-wrap:anywhere}
        p{margin:2px 0}
        header p{color:var(--dim)}
        header .live{margin-top:10px}
        header .loss{color:var(--bad)}
        small,.note{color:var(--dim);font-size:12px}
        .note{margin:6px 0}
        .status{min-height:3em;font-size:13px;margin-top:4px;overflow-wrap:anywhere}
        ol{margin:0;padding:0;list-style:none;display:grid;gap:10px;
        grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr))}
        li{background:var(--soft);border-radius:8px;padding:12px 14px}
        li small{display:block;overflow-wrap:anywhere}
        .computes,.up{color:var(--warm)}
        .waits,.down{color:var(--cold)}
        svg{display:block;width:100%;height:3px;margin-top:2px;fill:var(--cold);background:var(--line)}
        rect{height:3px}
        td svg{width:46px;margin-left:auto}
        li svg{margin:6px 0}
        li:has(.computes) svg{fill:var(--warm)}
        .wide{overflow-x:auto}
        .scroll{overflow:auto;max-height:520px;border:1px solid var(--line);border-radius:8px}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:600;margin:14px 0 4px}
        td,th{text-align:right;padding:3px 8px;font-weight:400;vertical-align:top;
        border-bottom:1px solid var(--line);white-space:nowrap}
        thead th{color:var(--dim);font-size:12px;background:var(--soft)}
        .scroll thead th{position:sticky;top:0;z-index:1}
        th:first-child,.t{text-align:left}
        tbody th{font-family:ui-monospace,monospace;font-size:13px;white-space:normal;
        overflow-wrap:anywhere;min-width:180px}
        tbody small{display:block;font-family:system-ui,sans-serif;font-size:11px}
        tbody tr:hover{background:var(--soft)}
        td.t{white-space:normal}
        button,select,input{font:inherit;color:inherit;
        background:var(--page);border:1px solid var(--line);border-radius:6px;
        padding:2px 8px}
        th button{border:0;padding:0;background:none;text-align:inherit;cursor:pointer}
        tbody th button{color:var(--cold);text-decoration:underline}
        button[aria-pressed=true]{font-weight:700}
        [aria-sort=descending] button::after{content:" ▾"}
        [aria-sort=ascending] button::after{content:" ▴"}
        [aria-sort]{font-weight:700}
        #find{width:240px}
        .bar{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;margin-bottom:8px}
        .key i{color:#111;font-size:12px;padding:1px 6px;background:#b8d0b2;font-style:normal}
        .key .warm{background:#f6be5c}.key .cold{background:#96bcec}
        .key .slower{background:#f08634}.key .faster{background:#5898ec}
        .bar:has([value=change]:checked) .key:has(.warm),
        .bar:not(:has([value=change]:checked)) .key:has(.slower){display:none}
        canvas{display:block;width:100%;cursor:pointer}
        :focus-visible{outline:2px solid var(--cold);outline-offset:1px}
        #spans tbody th{font-size:12px;min-width:160px;width:30%}
        .track{position:relative;width:45%;padding:0}
        .track i{position:absolute;top:30%;height:40%;min-width:1px;background:light-dark(#bcd2f2,#38517a)}
        .track .on{top:22%;height:56%;background:light-dark(#c2570c,#f0913f)}
        @media(max-width:600px){header,main{padding:0 10px}td,th{padding:3px 5px}
        tbody th{min-width:130px}.track{width:30%}}
        @media print{:root{color-scheme:light}body{font-size:11px}.scroll{max-height:none;overflow:visible;border:0}
        header .live,.bar,.status,canvas,#h-calls,#h-time{display:none}
        td,th{padding:2px 4px}thead{display:table-row-group}
        .scroll thead th{position:static}tbody th:first-child{min-width:120px}
        tr,li{break-inside:avoid}}
        """
}
