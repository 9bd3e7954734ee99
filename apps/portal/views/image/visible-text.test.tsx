import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { VisibleText } from "./visible-text.tsx";

function textOf(markup: string): string {
  return markup.replaceAll(/<[^>]+>/g, "");
}

describe("B58 an author's text", () => {
  it.each([
    ["a right-to-left override", "\u202Egpj.exe", "U+202Egpj.exe"],
    ["a right-to-left isolate", "a\u2067b", "aU+2067b"],
    ["a zero-width space", "ad\u200Bmin", "adU+200Bmin"],
    ["a zero-width joiner", "a\u200Db", "aU+200Db"],
    ["a soft hyphen", "a\u00ADb", "aU+00ADb"],
    ["a byte order mark", "\uFEFFa", "U+FEFFa"],
    ["an escape that colours a terminal", "\u001B[31mred", "U+001B[31mred"],
    ["a null byte", "a\u0000b", "aU+0000b"],
    ["a line separator", "a\u2028b", "aU+2028b"],
    ["a tag character outside the first plane", "a\u{E0041}b", "aU+E0041b"],
    ["a line break", "one\ntwo", "one↵ two"],
    ["a tab", "one\ttwo", "one⇥ two"],
  ])("shows %s as a mark", (_what, text, shown) => {
    const markup = renderToStaticMarkup(<VisibleText text={text} />);
    expect(textOf(markup)).toBe(shown);
    expect(markup).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it("is text and never markup (T41)", () => {
    const markup = renderToStaticMarkup(<VisibleText text={`<img src=x onerror="alert(1)">`} />);
    expect(markup).not.toContain("<img");
    expect(markup).toContain("&lt;img");
  });

  it("of a megabyte is cut, and says how much is left out", () => {
    const markup = renderToStaticMarkup(<VisibleText text={"x".repeat(1_000_000)} most={500} />);
    expect(markup.length).toBeLessThan(700);
    expect(textOf(markup)).toContain("and 999,500 more characters");
  });

  it("is never cut inside of a character", () => {
    const markup = renderToStaticMarkup(<VisibleText text={"😀😀"} most={3} />);
    expect(markup).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  it("that deceives nobody stays as it is, in any script", () => {
    expect(renderToStaticMarkup(<VisibleText text="Zażółć 漢字 مرحبا" />)).toBe("Zażółć 漢字 مرحبا");
  });
});
