import {
  firstValue,
  readReference,
  readRepositoryName,
  type SearchParameters,
} from "../../../../../server/parameters.ts";
import { ImagePage } from "../../../../../views/image/image-page.tsx";

interface TagPageProps {
  readonly params: Promise<{ repository: string; tag: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: TagPageProps) {
  const { repository, tag } = await params;
  return { title: `${readRepositoryName(repository)}:${tag}` };
}

/** The image that a tag points at. */
export default async function TagPage({ params, searchParams }: TagPageProps) {
  const { repository, tag } = await params;
  const query = await searchParams;
  return (
    <ImagePage
      repository={readRepositoryName(repository)}
      reference={readReference(tag)}
      platform={firstValue(query.platform)}
      tab={firstValue(query.tab)}
    />
  );
}
