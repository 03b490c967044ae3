/// The parts of a page that are the same whatever the documents are.
enum HTMLPage {
    /// - Parameter title: Escaped.
    static func head(title: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="generator" content="json-diff">
        <title>\(title)</title>
        <style>
        \(style)
        </style>
        </head>
        <body>

        """
    }

    private static let style = """
        :root {
          color-scheme: light dark;
          --ink: #1c2024; --quiet: #5c6670; --page: #ffffff; --card: #f6f7f9; --line: #d5dae0;
          --old: #fdecea; --old-mark: #f6b5ae; --new: #e6f5e9; --new-mark: #a5dcb1; --moved: #e5f1fb;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e6e9ec; --quiet: #9aa5b0; --page: #14171a; --card: #1d2125; --line: #353c43;
            --old: #3a1f1d; --old-mark: #7d332d; --new: #17301d; --new-mark: #2b6839; --moved: #172c3f;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 80rem; padding: 1rem; color: var(--ink); background: var(--page);
          font: 15px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.2rem; margin: 0; overflow-wrap: anywhere; }
        header p, section > p, .now, i { color: var(--quiet); }
        header p, section > p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
        section { margin: 1.25rem 0; }
        h2 { font: 600 .95rem/1.5 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
        .now { font: .85rem system-ui, sans-serif; }
        .row { display: grid; grid-template-columns: 5.5rem 1fr 1fr; gap: 2px; margin-bottom: 2px; }
        .row > * { padding: .35rem .6rem; min-width: 0; background: var(--card); border-radius: 3px; }
        .kind { font-size: .8rem; line-height: 1.9; color: var(--quiet); }
        .old:not(.none) { background: var(--old); }
        .new:not(.none) { background: var(--new); }
        .move .old, .move .new { background: var(--moved); }
        code { font: .85rem/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
          unicode-bidi: isolate; }
        b { font: 600 .85rem ui-monospace, monospace; overflow-wrap: anywhere; margin-right: .4rem; }
        mark { color: inherit; border-radius: 2px; }
        .old mark { background: var(--old-mark); text-decoration: underline; }
        .new mark { background: var(--new-mark); text-decoration: underline; }
        @media (max-width: 40rem) {
          body { padding: .75rem; }
          .row { grid-template-columns: 1fr; gap: 0; margin-bottom: .6rem; border: 1px solid var(--line); border-radius: 4px; }
          .row > * { border-radius: 0; }
          .kind { padding-block: 0; }
          .none { display: none; }
          .old:not(.none)::before { content: "− "; font-weight: 700; }
          .new:not(.none)::before { content: "+ "; font-weight: 700; }
        }
        @media print { body { max-width: none; } }
        """
}
