/** Tells screen readers, politely, that something happened which sighted people see. */
export function announce(text: string): void {
  const region = document.getElementById("live-region");
  if (!region) return;
  // The same text twice would be no change, and so would not be read.
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
