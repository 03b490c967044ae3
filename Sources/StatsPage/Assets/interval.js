// Which interval is asked for, and into what steps it is split.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const lengths = { hour, day, week: 7 * day, month: 30 * day, year: 365 * day };

/** From the shortest on; a month's and a year's length is about what it is, and their beginnings are the calendar's. */
const steps = [
    { name: "PT1M", length: minute }, { name: "PT5M", length: 5 * minute }, { name: "PT15M", length: 15 * minute },
    { name: "PT1H", length: hour }, { name: "PT3H", length: 3 * hour }, { name: "PT6H", length: 6 * hour },
    { name: "P1D", length: day }, { name: "P1W", length: 7 * day, origin: 4 * day },
    { name: "P1M", length: 30 * day, months: 1 }, { name: "P1Y", length: 365 * day, months: 12 },
];
/** More bars than this are too thin on a phone. */
const mostBuckets = 130;

/**
 * An interval by the name of its choice, up to now, or between two moments.
 *
 * @param from, to texts of `datetime-local`, for a custom one.
 * @returns `{from, to}` in milliseconds since 1970.
 * @throws an Error in words, for one that is none.
 */
export function interval(choice, from, to) {
    if (choice !== "custom") {
        const now = Date.now();
        return { from: now - lengths[choice], to: now };
    }
    const bounds = { from: Date.parse(`${from}Z`), to: Date.parse(`${to}Z`) };
    if (Number.isNaN(bounds.from) || Number.isNaN(bounds.to)) throw new Error("Give both moments of the interval.");
    if (bounds.from >= bounds.to) throw new Error("The interval's end is not after its beginning.");
    return bounds;
}

/** The shortest step that does not split an interval into too many. */
export function step({ from, to }) {
    return steps.find((step) => (to - from) / step.length <= mostBuckets) ?? steps.at(-1);
}

/** When the whole step begins that a moment is in. */
export function beginning(moment, { length, origin = 0, months }) {
    if (!months) return Math.floor((moment - origin) / length) * length + origin;
    const date = new Date(moment);
    return Date.UTC(date.getUTCFullYear(), months === 12 ? 0 : date.getUTCMonth());
}

/** When the step ends that begins at a moment. */
export function end(start, { length, months }) {
    if (!months) return start + length;
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months);
}
