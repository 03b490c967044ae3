/// The parts of a page that its script fills, and those that are the same in every page.
enum PageMarkup {
    /// A part of the page under a heading; `live`: what is of no use without the script stays hidden without it.
    static func section(_ id: String, _ heading: String, _ content: String, live: Bool = false) -> String {
        "<section aria-labelledby=h-\(id)\(live ? " class=live hidden" : "")><h2 id=h-\(id)>\(heading)</h2>\n"
            + content + "</section>\n"
    }

    static let search = """
        <p class=live hidden><label>Find <input id=find type=search autocomplete=off spellcheck=false \
        placeholder="function or file"></label> <output id=found></output></p>

        """

    static func flameGraph(leftOut tree: PageTree, isCompared: Bool) -> String {
        let changes = isCompared ? "<option value=change>change of self time" : ""
        let leftOut =
            tree.leftOut == 0
            ? ""
            : "<p class=note>\(Quantity.counted(UInt64(tree.leftOut), "node")) too narrow to be seen left out: "
                + "\(HTMLText.escaped(Quantity.finePercent(tree.leftOutShare))) of the self time.\n"
        return section(
            "calls", "Who called what",
            """
            <div class=bar><label>Roots <select id=side><option value=top>above\
            <option value=bottom>below</select></label> \
            <label>Colour <select id=colour><option value=cpu>on CPU or waiting\(changes)</select></label> \
            <button id=out type=button>Zoom out</button> \
            <span class=key><i class=warm>on CPU</i><i class=cold>waiting</i><i>async</i></span>\
            \(isCompared ? "<span class=key><i class=slower>+ slower</i><i class=faster>− faster</i></span>" : "")</div>
            <canvas id=flame tabindex=0 role=application aria-roledescription="flame graph" \
            aria-label="Flame graph. Arrow keys move, Enter zooms in, Escape zooms out."\
             aria-describedby=frame></canvas>
            <p id=frame class=status role=status></p>
            \(leftOut)
            """, live: true)
    }

    static let timeline = section(
        "time", "Durations over time",
        """
        <div class=bar><label>Requests <select id=root></select></label> <span class=note>darker: more calls; line: \
        p50, dashed: p99; above: calls, failed ones in red</span></div>
        <canvas id=heat tabindex=0 role=application aria-roledescription="heat map" \
        aria-label="Durations over time. Left and right arrow keys move from window to window."\
         aria-describedby=window></canvas>
        <p id=window class=status role=status></p>

        """, live: true)

    static let waterfall = """
        <div class="live wide" hidden><table id=spans><caption></caption>\
        <thead><tr><th scope=col>span<th scope=col class=t>\
        when<th scope=col>took<th scope=col>self<th scope=col>on path<tbody></table></div>
        <p class="live note" hidden>◆ and the dark bars: the critical path, what the request waited for.

        """
}
