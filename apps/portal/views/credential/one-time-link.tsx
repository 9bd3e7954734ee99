import { Snippet } from "../../ui/snippet.tsx";

/** A link that nobody can read again, with what it is for and whether it is on its way by mail. */
export function OneTimeLink(props: { readonly label: string; readonly sentence: string; readonly link: string }) {
  const { label, sentence, link } = props;
  return (
    <section aria-label={label} className="flex max-w-180 flex-col gap-3 rounded-md border border-accent p-4">
      <p role="status" className="font-medium">
        {sentence}
      </p>
      <Snippet label="Link" variants={[{ id: "link", label: "Link", text: link, isFile: true }]} />
    </section>
  );
}
