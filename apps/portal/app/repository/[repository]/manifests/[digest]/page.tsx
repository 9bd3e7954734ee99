import {
  firstValue,
  readReference,
  readRepositoryName,
  type SearchParameters,
} from "../../../../../server/parameters.ts";
import { ImagePage } from "../../../../../views/image/image-page.tsx";

interface ManifestPageProps {
  readonly params: Promise<{ repository: string; digest: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: ManifestPageProps) {
  const { repository, digest } = await params;
  return { title: `${readRepositoryName(repository)}@${decodeURIComponent(digest).slice(0, 19)}` };
}

/** The image with a digest, which never changes. */
export default async function ManifestPage({ params, searchParams }: ManifestPageProps) {
  const { repository, digest } = await params;
  const query = await searchParams;
  return (
    <ImagePage
      repository={readRepositoryName(repository)}
      reference={readReference(digest)}
      platform={firstValue(query.platform)}
      tab={firstValue(query.tab)}
    />
  );
}
