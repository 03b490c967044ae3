// Numbers and moments as people read them, and elements whose texts are texts, whatever is in them.

const whole = new Intl.NumberFormat("en");
const fraction = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });
const share = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact" });

const clock = { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const date = { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" };
const minutes = new Intl.DateTimeFormat("en-GB", { ...date, ...clock });
const seconds = new Intl.DateTimeFormat("en-GB", { ...date, ...clock, second: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", date);
const clockTimes = new Intl.DateTimeFormat("en-GB", clock);
const dates = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const months = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "numeric" });

export const count = (number) => whole.format(number);
export const shortCount = (number) => compact.format(number);
export const ratio = (part, all) => `${share.format(all === 0 ? 0 : 100 * part / all)}\u00a0%`;
export const pictures = (number) => number === 1 ? "1 picture" : `${count(number)} pictures`;

/** Parts per million as a percentage, exactly. */
export const percent = (ppm) => `${fraction.format(ppm / 10_000)}\u00a0%`;

/** A moment, by the minute, by the second, or by the day. */
export const minute = (moment) => minutes.format(new Date(moment));
export const second = (moment) => seconds.format(new Date(moment));
export const day = (moment) => days.format(new Date(moment));

/** A moment as an axis has it, whose marks are so many seconds from each other. */
export function mark(moment, distance) {
    if (distance >= 28 * 86_400) return months.format(new Date(moment));
    return (moment % 86_400_000 === 0 ? dates : clockTimes).format(new Date(moment));
}

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element.
 *
 * @param attributes names and values; true: without a value; false, null: not at all; a function: an event's listener.
 * @param children elements, and strings, which become text nodes.
 */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === "function") made.addEventListener(key, value);
        else if (value === true) made.setAttribute(key, "");
        else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
}

/** Says something in an element, or hides it. */
export function say(place, text) {
    place.textContent = text ?? "";
    place.hidden = !text;
}
