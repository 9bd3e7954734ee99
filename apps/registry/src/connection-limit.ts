import type { Socket } from "node:net";
import { limitedAddress } from "@layerport/accounts";

/** Keeps one address from taking all connections: whoever opens them and says nothing pays with their own share. */
export class ConnectionLimit {
  readonly #most: number;
  readonly #open = new Map<string, number>();

  /** @param most how many connections an address may have at once; 0 for any number */
  constructor(most: number) {
    this.#most = most === 0 ? Number.POSITIVE_INFINITY : most;
  }

  /** Counts a connection until it closes. Answers false, and counts nothing, when its address has as many as it may. */
  admit(socket: Socket): boolean {
    const address = limitedAddress(socket.remoteAddress ?? "");
    const open = this.#open.get(address) ?? 0;
    if (open >= this.#most) return false;
    this.#open.set(address, open + 1);
    socket.once("close", () => this.#leave(address));
    return true;
  }

  #leave(address: string): void {
    const open = (this.#open.get(address) ?? 1) - 1;
    if (open === 0) this.#open.delete(address);
    else this.#open.set(address, open);
  }
}
