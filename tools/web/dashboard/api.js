// The HTTP API of the listener that served the page.

const kTokenKey = "sentix-token"; // in sessionStorage: gone with the window

/** What the server has refused: `status`, or 0 where it has not answered at all; and a sentence. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Api {
  #token = sessionStorage.getItem(kTokenKey) ?? "";

  get hasToken() {
    return this.#token !== "";
  }

  /** To be shown from now on; empty: none. */
  useToken(token) {
    this.#token = token;
    if (token) sessionStorage.setItem(kTokenKey, token);
    else sessionStorage.removeItem(kTokenKey);
  }

  /** The answer to a GET, with these parameters in its query. */
  async get(path, parameters = {}) {
    return (await this.#ask(path + queryOf(parameters))).json();
  }

  async post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return (await this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  }

  /** The events of a channel: an async iterator of `{name, data}`, until the signal or the server ends it. */
  async *tap(channel, signal) {
    const response = await this.#ask(`/api/tap${queryOf({ channel })}`, { signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events.map(parseEvent)) if (event.name) yield event;
    }
  }

  async #ask(path, options = {}) {
    const headers = { ...options.headers };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const response = await fetch(path, { ...options, headers }).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new Refusal(0, "The server does not answer.");
    });
    if (response.ok) return response;
    const refusal = await response.json().catch(() => ({}));
    throw new Refusal(response.status, refusal.message ?? `The server answers ${response.status}.`);
  }
}

function queryOf(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

// Lines that begin with a colon are comments, which keep the connection alive.
function parseEvent(text) {
  const event = { name: "", data: [] };
  for (const line of text.split("\n")) {
    if (line.startsWith("event: ")) event.name = line.slice("event: ".length);
    if (line.startsWith("data: ")) event.data.push(line.slice("data: ".length));
  }
  return { name: event.name, data: event.data.join("\n") };
}
