/**
 * What a client can see of a repository, as facts with names: `tag v1` is a digest, `blob sha256:…` is `whole`. A fact
 * that is absent is a thing that is not there.
 */
export interface Facts {
  readonly seen: Readonly<Record<string, string>>;
  /** How many bytes the upload reports; `undefined` when there is no upload. */
  readonly uploaded: number | undefined;
  /** The audit records of the repository, in order, as `tag.created ada/app:v1`. */
  readonly audit: readonly string[];
}

/** What a request changes, when it succeeds. */
export interface Effect {
  /** Facts as they are then; `undefined` for what is then not there. */
  readonly seen?: Readonly<Record<string, string | undefined>>;
  readonly uploaded?: number | "gone";
  readonly audit?: readonly string[];
}

/** A repository of which nothing is known. */
export const nothing: Facts = { seen: {}, uploaded: undefined, audit: [] };

/** The facts after a change. */
export function after(facts: Facts, { seen = {}, uploaded, audit = [] }: Effect): Facts {
  const changed = Object.entries({ ...facts.seen, ...seen }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    seen: Object.fromEntries(changed),
    uploaded: uploaded === "gone" ? undefined : (uploaded ?? facts.uploaded),
    audit: [...facts.audit, ...audit],
  };
}

/** What a client was promised, and what it does not know. */
export interface Expected {
  readonly acknowledged: Facts;
  /** A request without an answer: it has happened, or it has not. */
  readonly unknown?: { readonly effect: Effect; readonly sentBytes: number } | undefined;
}

/** How `observed` breaks what a client was promised, each with its invariant, as in `I1: …`; empty when it does not. */
export function judge(observed: Facts, { acknowledged, unknown }: Expected): string[] {
  const without = differences(observed, acknowledged, unknown?.sentBytes ?? 0);
  if (without.length === 0 || unknown === undefined) return without;
  const withIt = differences(observed, after(acknowledged, unknown.effect), 0);
  if (withIt.length === 0) return [];
  const [before, then] = [without, withIt].map((found) => found.join(", "));
  return [`I3: neither as before the request without an answer (${before}) nor as after it (${then})`];
}

const invariants: Readonly<Record<string, string>> = { blob: "I1", manifest: "I2", tag: "I4" };

/** `sentBytes` may have been kept of a chunk that was cut off. */
function differences(observed: Facts, expected: Facts, sentBytes: number): string[] {
  const names = [...new Set([...Object.keys(observed.seen), ...Object.keys(expected.seen)])].sort();
  const found = names
    .filter((name) => observed.seen[name] !== expected.seen[name])
    .map((name) => {
      const invariant = invariants[name.split(" ")[0] ?? ""] ?? "I3";
      return `${invariant}: ${name} is ${observed.seen[name] ?? "absent"}, not ${expected.seen[name] ?? "absent"}`;
    });
  if (!isUploaded(observed.uploaded, expected.uploaded, sentBytes)) {
    found.push(`I14: the upload has ${length(observed)}, not ${length(expected)}`);
  }
  if (observed.audit.join("\n") !== expected.audit.join("\n")) {
    found.push(`I9: the audit log has [${observed.audit.join("; ")}], not [${expected.audit.join("; ")}]`);
  }
  return found;
}

function isUploaded(observed: number | undefined, expected: number | undefined, sentBytes: number): boolean {
  if (observed === undefined || expected === undefined) return observed === expected;
  return observed >= expected && observed <= expected + sentBytes;
}

function length({ uploaded }: Facts): string {
  return uploaded === undefined ? "ended" : `${uploaded} bytes`;
}
