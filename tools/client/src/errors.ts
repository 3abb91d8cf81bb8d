/**
 * Why something was not done. The server's own codes are those of the protocol; the client adds
 *
 * - `offline`: it was not sent, and would be worthless later
 * - `queue_full`: it was not sent, and too much waits already
 * - `lost`: it was sent and the connection went away; nobody knows whether the server did it
 * - `timeout`: it was sent and not answered in time; nobody knows either
 * - `refused`: the server said not to come back (`closeCode` 4000 to 4099)
 * - `closed`: this client was closed
 * - `aborted`: the caller's signal fired; where it was sent already, nobody knows
 */
export type ErrorCode =
  | "bad_request"
  | "unknown_type"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "not_subscribed"
  | "channel_full"
  | "too_large"
  | "rate_limited"
  | "limit_exceeded"
  | "internal"
  | "offline"
  | "queue_full"
  | "lost"
  | "timeout"
  | "refused"
  | "closed"
  | "aborted";

/** What every promise of this client rejects with. The message is a sentence for a person. */
export class SentixError extends Error {
  override readonly name = "SentixError";
  readonly code: ErrorCode;
  /** The code of the WebSocket's close frame, where the connection's end is the reason. */
  readonly closeCode: number | undefined;

  constructor(code: ErrorCode, message: string, closeCode?: number) {
    super(message);
    this.code = code;
    this.closeCode = closeCode;
  }
}
