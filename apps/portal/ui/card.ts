/**
 * What the card of an element says: a moment, told in the reader's zone, in UTC and as a distance; terms with their
 * values; or a sentence.
 */
export type CardContent =
  | { readonly kind: "time"; readonly at: string }
  | { readonly kind: "lines"; readonly lines: readonly (readonly [term: string, value: string])[] }
  | { readonly kind: "text"; readonly text: string };

/**
 * Gives an element a card on hover and on focus; spread it on the element, which the keyboard must be able to reach.
 * No script runs for each element: `HoverCards` in the top bar shows them all.
 */
export function cardProps(content: CardContent): { "data-card": string } {
  return { "data-card": JSON.stringify(content) };
}
