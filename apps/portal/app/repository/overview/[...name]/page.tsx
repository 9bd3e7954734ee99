import { redirect } from "next/navigation";
import { readRepositoryName } from "../../../../server/parameters.ts";
import { tagsPath } from "../../../../server/repository-path.ts";

/** A repository's first page is the list of its tags. */
export default async function RepositoryPage({ params }: { params: Promise<{ name: string[] }> }) {
  redirect(tagsPath(readRepositoryName((await params).name)));
}
