/**
 * Puts text on the clipboard and answers whether it truly did. On plain HTTP the browser has no clipboard interface, so
 * an unseen text area and the older command do the work.
 */
export async function copyText(text: string): Promise<boolean> {
  // Undefined outside secure contexts, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (window.isSecureContext && clipboard) {
    const isWritten = await clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (isWritten) return true;
  }
  return copyByCommand(text);
}

function copyByCommand(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.setAttribute("aria-hidden", "true");
  area.className = "fixed top-0 left-0 opacity-0";
  // Inside an open dialog, because focus may not leave it.
  (focused?.closest("[role=dialog],[role=alertdialog]") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}
