import { describe, expect, it } from "vitest";
import { findSilentCatches } from "./catches.ts";
import { format, readSourceFiles } from "./source-file.ts";

function judge(...lines: string[]): string[] {
  return format(findSilentCatches([{ path: "packages/a/src/a.ts", text: lines.join("\n") }]));
}

describe("an error", () => {
  it("is nowhere swallowed without a word", () => {
    expect(format(findSilentCatches(readSourceFiles()))).toEqual([]);
  });

  it.each([
    ["try { a(); } catch {}"],
    ["try { a(); } catch { return undefined; }"],
    ['try { a(); } catch (error) { throw new Error("b"); }'],
    ["await a().catch(() => undefined);"],
    ["await a().catch((error) => undefined);"],
    ["await a().catch(async () => { await b(); });"],
  ])("may not end in: %s", (line) => {
    expect(judge("", line)).toEqual([expect.stringMatching(/^packages\/a\/src\/a\.ts:2 /)]);
  });

  it.each([
    ['try { a(); } catch (error) { throw new Error("b", { cause: error }); }'],
    ["try { a(); } catch (error) { if (!isMissing(error)) throw error; }"],
    ["try { a(); } catch {\n  // It was gone already.\n}"],
    ["// A second close does no harm.\nawait a().catch(() => undefined);"],
    ["await a().catch(reject);"],
    ["await a().catch((error: unknown) => this.#fail(error, path));"],
    ["// what catch (error) {} means"],
  ])("may end in: %s", (text) => {
    expect(judge(text)).toEqual([]);
  });
});
