import { expect, it } from "vitest";
import { browserName } from "./browser-name.ts";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1",
    "Chrome on iPhone",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
    "Chrome on Linux",
  ],
])("a browser is called what people call it: %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});

it("what is no known browser is said as it is, and not at length", () => {
  expect(browserName("curl/8.5.0")).toBe("curl/8.5.0");
  expect(browserName(`x${"y".repeat(200)}`)).toHaveLength(60);
  expect(browserName("Something (Android 15)")).toBe("A browser on Android");
  expect(browserName(undefined)).toBe("Unknown browser");
  expect(browserName(" ")).toBe("Unknown browser");
});
