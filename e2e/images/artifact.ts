import { readFile } from "node:fs/promises";
import { busyboxBinaries, debianArchitectures } from "./busybox-binaries.ts";
import type { ImageManifest } from "./image.ts";
import { make, type Recipe } from "./image-cache.ts";
import { imageTime } from "./make-tar.ts";
import { multiArch } from "./multi-arch.ts";
import { blobPath, type Descriptor, mediaTypes, OciLayout } from "./oci-layout.ts";
import type { ImageRecipe, ImageSummary } from "./real-image.ts";

const needs: readonly Recipe<unknown>[] = [busyboxBinaries, multiArch];

/** A list of the packages in `multi-arch`, as an artifact whose subject is that index. */
export const sbomArtifact: ImageRecipe = {
  name: "artifact-sbom",
  source: import.meta.url,
  needs,

  async build(folder) {
    const { summary: binaries } = await make(busyboxBinaries);
    const sbom = {
      spdxVersion: "SPDX-2.3",
      dataLicense: "CC0-1.0",
      SPDXID: "SPDXRef-DOCUMENT",
      name: "busybox",
      documentNamespace: "https://example.com/spdx/busybox",
      creationInfo: { created: imageTime.toISOString(), creators: ["Tool: layerport-test-images"] },
      packages: binaries.map(({ debianArchitecture, version }) => ({
        name: "busybox-static",
        SPDXID: `SPDXRef-busybox-${debianArchitecture}`,
        versionInfo: version,
        downloadLocation: "NOASSERTION",
        externalRefs: [
          {
            referenceCategory: "PACKAGE-MANAGER",
            referenceType: "purl",
            referenceLocator: `pkg:deb/debian/busybox-static@${encodeURIComponent(version)}?arch=${debianArchitecture}`,
          },
        ],
        comment: `for ${debianArchitectures[debianArchitecture].architecture}`,
      })),
    };
    return putArtifact(folder, {
      artifactType: "application/spdx+json",
      tag: "sbom",
      blob: (layout) => layout.putJson("application/spdx+json", sbom),
    });
  },
};

/** A signature of `multi-arch` that no key made: it has the shape of one, for what only looks at the shape. */
export const signatureArtifact: ImageRecipe = {
  name: "artifact-signature",
  source: import.meta.url,
  needs,

  async build(folder) {
    const { summary } = await make(multiArch);
    const payload = {
      critical: {
        identity: { "docker-reference": "registry.example.com/acme/busybox" },
        image: { "docker-manifest-digest": summary.digest },
        type: "cosign container image signature",
      },
      optional: null,
    };
    return putArtifact(folder, {
      artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json",
      tag: "signature",
      async blob(layout) {
        const descriptor = await layout.putJson("application/vnd.dev.cosign.simplesigning.v1+json", payload);
        const signature = Buffer.from("not a signature, only the place of one").toString("base64");
        return { ...descriptor, annotations: { "dev.cosignproject.cosign/signature": signature } };
      },
    });
  },
};

interface Artifact {
  readonly artifactType: string;
  readonly tag: string;
  readonly blob: (layout: OciLayout) => Promise<Descriptor>;
}

async function putArtifact(folder: string, artifact: Artifact): Promise<ImageSummary> {
  const { folder: subjectFolder, summary: subject } = await make(multiArch);
  const { byteLength: size } = await readFile(blobPath(subjectFolder, subject.digest));
  const layout = new OciLayout(folder);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: artifact.artifactType,
    // The two bytes that the specification reserves for artifacts without a configuration.
    config: await layout.putBlob(mediaTypes.empty, "{}"),
    layers: [await artifact.blob(layout)],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size },
    annotations: { "org.opencontainers.image.created": imageTime.toISOString() },
  };
  const descriptor = await layout.putJson(mediaTypes.manifest, manifest);
  await layout.finish({ [artifact.tag]: { ...descriptor, artifactType: artifact.artifactType } });
  return {
    transport: "oci",
    tag: artifact.tag,
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    platforms: [],
  };
}
