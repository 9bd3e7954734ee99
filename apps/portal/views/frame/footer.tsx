/** The last line of each page: which Layerport this is. */
export function Footer() {
  return (
    <footer className="mt-auto border-t">
      <div className="mx-auto flex w-full max-w-360 flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-4 text-fg-subtle text-sm lg:px-6">
        <span>
          Layerport <span className="digits">{process.env.LAYERPORT_VERSION}</span>
        </span>
      </div>
    </footer>
  );
}
