import type { LayerDescription, PlatformImageDescription, StackEntry } from "@layerport/registry-core";
import { bytes, digestOf } from "@layerport/testkit";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { LayerStack, readableInstruction } from "./layer-stack.tsx";

const gzip = "application/vnd.oci.image.layer.v1.tar+gzip";

function layer(name: string, size: number, rest: Partial<LayerDescription> = {}): StackEntry {
  const descriptor = { mediaType: gzip, digest: digestOf(bytes(name)), size };
  return { kind: "layer", layer: { descriptor, createdBy: `RUN make ${name}`, sharedWith: 0, ...rest } };
}

const metadata = (createdBy: string): StackEntry => ({ kind: "metadata", createdBy });

function draw(stack: readonly StackEntry[], isArtifact = false): string {
  const image: PlatformImageDescription = {
    descriptor: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digestOf(bytes("image")),
      size: 500,
    },
    platform: { os: "linux", architecture: "amd64" },
    config: undefined,
    configDescriptor: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(bytes("config")),
      size: 100,
    },
    stack,
    layerCount: stack.filter(({ kind }) => kind === "layer").length,
    sizeBytes: 1,
    annotations: undefined,
  };
  return renderToStaticMarkup(<LayerStack image={image} isArtifact={isArtifact} />);
}

/** How long each layer's bar is, in percent of the room there is. */
function barLengths(markup: string): number[] {
  return [...markup.matchAll(/<rect x="0%" width="([\d.]+)%"/g)].map((match) => Number(match[1]));
}

describe("the layer stack", () => {
  it("draws each layer as long as it is heavy, the heaviest over the whole width", () => {
    expect(barLengths(draw([layer("base", 4_000_000), layer("tools", 1_000_000), layer("app", 2_000_000)]))).toEqual([
      100, 25, 50,
    ]);
  });

  it("names each layer by what it weighs, for those who do not see the bars", () => {
    const markup = draw([layer("base", 28_200_000), layer("app", 11_000_000, { sharedWith: 14 })]);
    expect(markup).toContain('aria-label="Layer of 28.2\u00A0MB"');
    expect(markup).toContain('aria-label="Layer of 11.0\u00A0MB, shared with 14 other images"');
  });

  it("says that a layer is shared, and draws it otherwise than an own one", () => {
    const own = draw([layer("base", 1000)]);
    const shared = draw([layer("base", 1000, { sharedWith: 1 })]);
    expect(shared).toContain("shared with 1 other image");
    expect(own).not.toContain("shared with");
    expect(shared).toContain('fill-opacity="0.35"');
    expect(own).not.toContain('fill-opacity="0.35"');
  });

  it("folds neighbouring steps without a layer into one line between the layers", () => {
    const markup = draw([
      layer("base", 1000),
      metadata("ENV A=1"),
      metadata("EXPOSE 80"),
      layer("app", 500),
      metadata('CMD ["node"]'),
    ]);
    expect([...markup.matchAll(/(\d) metadata steps?/g)].map((match) => match[1])).toEqual(["2", "1"]);
    expect(markup.match(/<details/g)).toHaveLength(2);
  });

  it("of an image without a history says so at each layer, and still draws them", () => {
    const markup = draw([layer("base", 1000, { createdBy: undefined }), layer("app", 500, { createdBy: "" })]);
    expect(markup.match(/no instruction recorded/g)).toHaveLength(2);
    expect(barLengths(markup)).toEqual([100, 50]);
  });

  it("of an artifact names its files, and asks for no instruction", () => {
    const titled = (title?: string): StackEntry => {
      const descriptor = { mediaType: "application/spdx+json", digest: digestOf(bytes("sbom")), size: 1220 };
      const annotations = title === undefined ? undefined : { "org.opencontainers.image.title": title };
      return {
        kind: "layer",
        layer: { descriptor: { ...descriptor, annotations }, createdBy: undefined, sharedWith: 0 },
      };
    };
    expect(draw([titled("sbom.spdx.json")], true)).toContain("sbom.spdx.json");
    const untitled = draw([titled()], true);
    expect(untitled).toContain("application/spdx+json");
    expect(untitled).not.toContain("no instruction recorded");
  });

  it("stands for layers of no bytes at all", () => {
    expect(draw([layer("empty", 0), layer("empty", 0)])).not.toContain("NaN");
  });

  it("of an image without layers is a sentence", () => {
    expect(draw([metadata("ENV A=1")])).toContain("This image has no layers.");
  });

  it("shows an author's instruction as text (B58 T41)", () => {
    const markup = draw([layer("base", 1000, { createdBy: "RUN <script>alert(1)</script>\u202E" })]);
    expect(markup).not.toContain("<script");
    expect(markup).toContain("U+202E");
  });
});

describe("an instruction as the Dockerfile had it", () => {
  it.each([
    ['/bin/sh -c #(nop)  CMD ["/bin/sh"]', 'CMD ["/bin/sh"]'],
    ["/bin/sh -c #(nop) ADD file:1f4eb in / ", "ADD file:1f4eb in /"],
    ["/bin/sh -c apt-get update", "RUN apt-get update"],
    ["|1 VERSION=1 /bin/sh -c make install", "RUN make install"],
    ["RUN /bin/sh -c npm ci # buildkit", "RUN npm ci"],
    ["RUN |2 A=1 B=2 /bin/sh -c npm ci # buildkit", "RUN npm ci"],
    ["COPY /app /app # buildkit", "COPY /app /app"],
    ["ENV A=/bin/sh -c x", "ENV A=/bin/sh -c x"],
    ["/bin/sh -c make \\\n  install", "RUN make \\\n  install"],
    ["bazel build //image", "bazel build //image"],
  ])("%j", (recorded, shown) => {
    expect(readableInstruction(recorded)).toBe(shown);
  });
});
