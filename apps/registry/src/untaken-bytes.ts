import { existsSync, readFileSync, readlinkSync } from "node:fs";
import type { Socket } from "node:net";

const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/**
 * How many bytes of each socket the kernel has from us and the peer has not got yet. Linux tells; elsewhere, and for a
 * socket that is closed, there is no answer. The whole table is read, so ask seldom, and for many at once.
 */
export function untakenBytes(sockets: readonly Socket[]): ReadonlyMap<Socket, number> {
  const found = new Map<Socket, number>();
  if (sockets.length === 0 || process.platform !== "linux") return found;
  const byInode = new Map<string, Socket>();
  for (const socket of sockets) {
    const inode = inodeOf(socket);
    if (inode !== undefined) byInode.set(inode, socket);
  }
  for (const table of tables) {
    if (!existsSync(table)) continue;
    // proc_pid_net(5): sl, local, remote, state, tx_queue:rx_queue, timer, retransmits, uid, timeout, inode.
    for (const line of readFileSync(table, "latin1").split("\n")) {
      const fields = line.trim().split(/\s+/);
      const socket = byInode.get(fields[9] ?? "");
      if (socket !== undefined) found.set(socket, Number.parseInt(fields[4] ?? "", 16));
    }
  }
  return found;
}

function inodeOf(socket: Socket): string | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof fd !== "number" || fd < 0) return undefined;
  return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
}
