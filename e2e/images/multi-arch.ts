import { busybox, putBusybox } from "./busybox.ts";
import { type BusyboxBinary, busyboxBinaries, debianArchitectures } from "./busybox-binaries.ts";
import { formatPlatform, putIndex } from "./image.ts";
import { make, type Recipe } from "./image-cache.ts";
import { imageTime } from "./make-tar.ts";
import { type Descriptor, digestOf, mediaTypes, OciLayout } from "./oci-layout.ts";
import type { ImageRecipe, ImageSummary } from "./real-image.ts";

const needs: readonly Recipe<unknown>[] = [busyboxBinaries, busybox];

/** An index of busybox for three architectures. */
export const multiArch: ImageRecipe = {
  name: "multi-arch",
  source: import.meta.url,
  needs,
  build: (folder) => buildIndex(folder, () => Promise.resolve(undefined)),
};

/** The same with a statement of origin beside each image, in the shape in which BuildKit pushes them. */
export const multiArchAttested: ImageRecipe = {
  name: "multi-arch-attested",
  source: import.meta.url,
  needs,
  build: (folder) => buildIndex(folder, putAttestation),
};

async function buildIndex(
  folder: string,
  attest: (layout: OciLayout, image: Descriptor, binary: BusyboxBinary) => Promise<Descriptor | undefined>,
): Promise<ImageSummary> {
  const binaries = await make(busyboxBinaries);
  const layout = new OciLayout(folder);
  const images: Descriptor[] = [];
  const attestations: Descriptor[] = [];
  for (const binary of binaries.summary) {
    const { descriptor } = await putBusybox(layout, binaries.folder, binary);
    images.push(descriptor);
    const attestation = await attest(layout, descriptor, binary);
    if (attestation) {
      attestations.push(attestation);
    }
  }
  const index = await putIndex(layout, [...images, ...attestations], {
    "org.opencontainers.image.created": imageTime.toISOString(),
  });
  await layout.finish({ latest: index });
  return {
    transport: "oci",
    tag: "latest",
    digest: index.digest,
    mediaType: index.mediaType,
    platforms: binaries.summary.map((binary) => formatPlatform(debianArchitectures[binary.debianArchitecture])),
  };
}

async function putAttestation(layout: OciLayout, image: Descriptor, binary: BusyboxBinary): Promise<Descriptor> {
  const predicateType = "https://slsa.dev/provenance/v1";
  const statement = JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    predicateType,
    subject: [{ name: "busybox", digest: { sha256: image.digest.slice("sha256:".length) } }],
    predicate: {
      buildDefinition: {
        buildType: "https://example.com/busybox-from-debian",
        externalParameters: { package: "busybox-static", version: binary.version },
        resolvedDependencies: [],
      },
      runDetails: { builder: { id: "https://example.com/builder" } },
    },
  });
  const layer = await layout.putBlob("application/vnd.in-toto+json", statement);
  const config = await layout.putJson(mediaTypes.config, {
    architecture: "unknown",
    os: "unknown",
    config: {},
    rootfs: { type: "layers", diff_ids: [digestOf(statement)] },
  });
  const descriptor = await layout.putJson(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: [{ ...layer, annotations: { "in-toto.io/predicate-type": predicateType } }],
  });
  return {
    ...descriptor,
    annotations: {
      "vnd.docker.reference.digest": image.digest,
      "vnd.docker.reference.type": "attestation-manifest",
    },
    platform: { architecture: "unknown", os: "unknown" },
  };
}
