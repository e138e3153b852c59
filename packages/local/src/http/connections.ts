import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Connections that haven't sent a signed request yet. Who has no key gets no more for long, however many they open. */
const MAX_UNSIGNED = 250;
/** Of many that come at once, any may be about to send one: it has this time, unless there are too many. */
const GRACE_MS = 1000;
const MAX_UNSIGNED_AT_ONCE = 2000;
/** More than any client with a key opens. */
const MAX_SIGNED = 1000;

/** More requests than that on a connection without a signed one aren't looked at: what comes first decides about all. */
const MAX_UNSIGNED_REQUESTS = 16;

/**
 * Requests that don't name the key, in so many milliseconds: more of them, over more connections than that, get no answer,
 * because that takes its time.
 */
const MAX_STRANGERS = 64;
const STRANGERS_MS = 100;
const MAX_STRANGERS_CONNECTIONS = 16;

/** So many connections may wait to be accepted. A system that has to leave one out lets its client wait for a second. */
export const BACKLOG = 2048;

/** No connection is refused before the system has closed the one that makes room for it. */
export const MAX_CONNECTIONS = 2 * (MAX_UNSIGNED_AT_ONCE + MAX_SIGNED);

interface ConnectionState {
  /** Whether a request with a valid signature came over it. */
  isSigned: boolean;
  /** The requests that aren't answered yet. */
  active: number;
  /** Whether requests weren't looked at. */
  isFlooded: boolean;
}

/**
 * Makes room for new connections: too many that haven't sent a signed request cost the oldest of them, too many others
 * the one that's idle for longest.
 */
export class Connections {
  readonly #states = new Map<Socket, ConnectionState>();
  /** The oldest first. */
  readonly #unsigned = new Set<Socket>();
  /** Signed and without a request; the one that's idle for longest first. */
  readonly #idle = new Set<Socket>();
  #isMakingRoom = false;
  #strangers = 0;
  #strangersSince = 0;

  add(socket: Socket): void {
    this.#states.set(socket, { isSigned: false, active: 0, isFlooded: false });
    this.#unsigned.add(socket);
    socket.once("close", () => this.#forget(socket));
    if (this.#unsigned.size > MAX_UNSIGNED_AT_ONCE) this.#close(this.#unsigned);
    if (this.#unsigned.size > MAX_UNSIGNED) void this.#makeRoom();
  }

  /** A request begins that names the key, or a stranger's. Returns whether it's to be looked at. */
  begin(socket: Socket, isStranger: boolean): boolean {
    const state = this.#states.get(socket);
    if (!state) return true;
    const isLeftOut = isStranger && !state.isSigned && !this.#hasTimeForStranger();
    // What came before it over the same connection is answered.
    if (isLeftOut && state.active === 0) socket.destroy();
    state.isFlooded ||= isLeftOut || (!state.isSigned && state.active >= MAX_UNSIGNED_REQUESTS);
    if (state.isFlooded) return false;
    state.active += 1;
    this.#idle.delete(socket);
    return true;
  }

  /** The signature of a request is valid. */
  trust(socket: Socket): void {
    const state = this.#states.get(socket);
    if (!state || state.isSigned) return;
    state.isSigned = true;
    this.#unsigned.delete(socket);
    // Nobody would answer the others.
    if (state.isFlooded) socket.destroy();
    if (this.#states.size - this.#unsigned.size > MAX_SIGNED) this.#close(this.#idle);
  }

  /** A request has been answered. */
  end(socket: Socket): void {
    const state = this.#states.get(socket);
    if (!state) return;
    state.active -= 1;
    if (state.isSigned && state.active === 0) this.#idle.add(socket);
  }

  /** Closes those that were there longest, after a while. */
  async #makeRoom(): Promise<void> {
    if (this.#isMakingRoom) return;
    this.#isMakingRoom = true;
    await sleep(GRACE_MS, undefined, { ref: false });
    this.#isMakingRoom = false;
    while (this.#unsigned.size > MAX_UNSIGNED) this.#close(this.#unsigned);
  }

  /** Called once for each request that doesn't name the key. */
  #hasTimeForStranger(): boolean {
    const now = performance.now();
    if (now - this.#strangersSince > STRANGERS_MS) [this.#strangersSince, this.#strangers] = [now, 0];
    this.#strangers += 1;
    return this.#strangers <= MAX_STRANGERS || this.#unsigned.size <= MAX_STRANGERS_CONNECTIONS;
  }

  #close(sockets: ReadonlySet<Socket>): void {
    const [first] = sockets;
    if (!first) return;
    this.#forget(first);
    first.destroy();
  }

  #forget(socket: Socket): void {
    this.#states.delete(socket);
    this.#unsigned.delete(socket);
    this.#idle.delete(socket);
  }
}
