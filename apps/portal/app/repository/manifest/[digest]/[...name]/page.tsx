import {
  firstValue,
  readReference,
  readRepositoryName,
  type SearchParameters,
} from "../../../../../server/parameters.ts";
import { ImagePage } from "../../../../../views/image/image-page.tsx";

interface ManifestPageProps {
  readonly params: Promise<{ name: string[]; digest: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: ManifestPageProps) {
  const { name, digest } = await params;
  return { title: `${readRepositoryName(name)}@${decodeURIComponent(digest).slice(0, 19)}` };
}

/** The image with a digest, which never changes. */
export default async function ManifestPage({ params, searchParams }: ManifestPageProps) {
  const { name, digest } = await params;
  const query = await searchParams;
  return (
    <ImagePage
      repository={readRepositoryName(name)}
      reference={readReference(digest)}
      platform={firstValue(query.platform)}
      tab={firstValue(query.tab)}
    />
  );
}
