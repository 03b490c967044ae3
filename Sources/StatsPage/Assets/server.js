// Requests to red-stats' API, by whoever has signed in.

/** What went wrong, in words for people. */
export class ServerError extends Error {
    /** @param status the answer's; 0: there was none. */
    constructor(status, detail) {
        super(detail);
        this.status = status;
    }
}

const storageName = "red-stats caller";
const silenceMilliseconds = 45_000;

/** The bytes of a text in UTF-8, as a header's value has them. */
const headerBytes = (text) => String.fromCharCode(...new TextEncoder().encode(text));

export class Server {
    /** Who asks: `{key}`, or `{name}` where the server asks for no keys; null: nobody yet. */
    caller = JSON.parse(sessionStorage.getItem(storageName));
    /** Called where a key is not, or no longer, taken. */
    onRefused = () => {};

    /** Asks as somebody from now on, for as long as this tab lives. */
    enter(caller) {
        this.caller = caller;
        sessionStorage.setItem(storageName, JSON.stringify(caller));
    }

    leave() {
        this.caller = null;
        sessionStorage.removeItem(storageName);
    }

    /**
     * Sends a request.
     *
     * @param parameters of the query; those without a value are left out.
     * @param options `method`, `body` (an object), `signal`.
     * @returns the answer's JSON; null where it has none.
     */
    async ask(path, parameters = {}, options = {}) {
        const response = await this.#send(path, parameters, {
            ...options,
            headers: options.body === undefined ? {} : { "Content-Type": "application/json" },
            body: options.body === undefined ? undefined : JSON.stringify(options.body),
        });
        if (response.status === 204) return null;
        try {
            return await response.json();
        } catch (error) {
            if (error.name === "AbortError") throw error;
            throw new ServerError(response.status, "The server's answer broke off, or is none of red-stats.");
        }
    }

    /**
     * Reads server-sent events until the stream ends, which it does too where nothing, not even a beat, comes for long.
     *
     * @param last the id of the event before the first; null: those from now on.
     * @param onOpen called once the server answers.
     * @param onEvent called with an event's id, name and data.
     */
    async listen(path, parameters, last, signal, onOpen, onEvent) {
        const silence = new AbortController();
        let timer = setTimeout(() => silence.abort(), silenceMilliseconds);
        try {
            const response = await this.#send(path, parameters, {
                headers: { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }) },
                signal: AbortSignal.any([signal, silence.signal]),
            });
            onOpen();
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            const events = new EventReader(onEvent);
            for (;;) {
                const { done, value } = await reader.read();
                if (done) return;
                clearTimeout(timer);
                timer = setTimeout(() => silence.abort(), silenceMilliseconds);
                events.read(value);
            }
        } finally {
            clearTimeout(timer);
        }
    }

    async #send(path, parameters, options) {
        const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value != null));
        const headers = { ...options.headers };
        if (this.caller?.key) headers.Authorization = `Bearer ${headerBytes(this.caller.key)}`;
        if (this.caller?.name) headers["X-Client"] = headerBytes(this.caller.name);
        let response;
        try {
            response = await fetch(query.size > 0 ? `${path}?${query}` : path, {
                ...options, headers, cache: "no-store", credentials: "omit",
            });
        } catch (error) {
            if (error.name === "AbortError") throw error;
            throw new ServerError(0, "The server cannot be reached.");
        }
        if (!response.ok) throw await this.#problem(response);
        return response;
    }

    async #problem(response) {
        let detail = `The server answered ${response.status}.`;
        try {
            const problem = await response.json();
            detail = problem.detail ?? problem.title ?? detail;
        } catch {
            // Not every proxy's errors are JSON; then the status has to do.
        }
        const error = new ServerError(response.status, detail);
        if (response.status === 401 && this.caller) this.onRefused(error);
        return error;
    }
}

/** Splits a stream of text into events, as the HTML standard has it. */
class EventReader {
    #rest = "";
    #event = { id: null, name: "message", data: [] };
    #onEvent;

    constructor(onEvent) {
        this.#onEvent = onEvent;
    }

    read(text) {
        const lines = (this.#rest + text).split("\n");
        this.#rest = lines.pop();
        for (const line of lines) this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
    }

    #line(line) {
        const event = this.#event;
        if (line === "") {
            if (event.data.length > 0) this.#onEvent(event.id, event.name, event.data.join("\n"));
            this.#event = { id: null, name: "message", data: [] };
            return;
        }
        const colon = line.indexOf(":");
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "id") event.id = value;
        else if (field === "event") event.name = value;
        else if (field === "data") event.data.push(value);
    }
}
