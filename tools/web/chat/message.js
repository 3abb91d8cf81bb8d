// What this chat puts into the `data` of a publication: {"nick", "text", "id", "at"}.
//
// The server passes any JSON value, and other programs may publish on the same channels: reading trusts nothing,
// and what is not a chat message is shown as the JSON that it is.

/** The names that sentix accepts for a channel. */
export const isChannelName = (name) => /^[A-Za-z0-9_=@,.;:/#-]{1,200}$/.test(name);

/** The `data` of a new message. `id` lets its author recognise it when it comes back; `at` is in milliseconds. */
export function compose(nick, text) {
  return { nick, text, id: randomId(), at: Date.now() };
}

/** A line of a channel's log, from the `data` and `user` of a publication; `at` is null where nobody knows. */
export function read({ data, user }, receivedAt = null) {
  const isText = typeof data?.text === "string";
  const verified = user === undefined || typeof user === "string" ? user : JSON.stringify(user); // the server's word
  return {
    kind: isText ? "text" : "data",
    id: typeof data?.id === "string" ? data.id : null,
    nick: verified || (typeof data?.nick === "string" && data.nick.trim()) || "someone",
    text: isText ? data.text : JSON.stringify(data, null, 2),
    at: isTime(data?.at) ? data.at : receivedAt,
  };
}

/** A line by the page itself: kind is "notice" or "error". */
export function remark(kind, text) {
  return { kind, id: null, nick: "", text, at: Date.now() };
}

const isTime = (value) => Number.isFinite(value) && !Number.isNaN(new Date(value).getTime());

// crypto.randomUUID() would be shorter, but exists on https and localhost only.
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
