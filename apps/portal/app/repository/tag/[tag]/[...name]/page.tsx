import {
  firstValue,
  readReference,
  readRepositoryName,
  type SearchParameters,
} from "../../../../../server/parameters.ts";
import { ImagePage } from "../../../../../views/image/image-page.tsx";

interface TagPageProps {
  readonly params: Promise<{ name: string[]; tag: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: TagPageProps) {
  const { name, tag } = await params;
  return { title: `${readRepositoryName(name)}:${tag}` };
}

/** The image that a tag points at. */
export default async function TagPage({ params, searchParams }: TagPageProps) {
  const { name, tag } = await params;
  const query = await searchParams;
  return (
    <ImagePage
      repository={readRepositoryName(name)}
      reference={readReference(tag)}
      platform={firstValue(query.platform)}
      tab={firstValue(query.tab)}
    />
  );
}
