/**
 * The path of this site to which a visitor returns after signing in. Anything else than a path of ours, whatever way
 * it is written, becomes `/`.
 */
export function returnPath(asked: string | readonly string[] | undefined): string {
  if (typeof asked !== "string" || asked.length > 2048 || !/^\/(?![/\\])/.test(asked) || /[\\\p{Cc}]/u.test(asked)) {
    return "/";
  }
  const here = "http://layerport.invalid";
  const url = URL.parse(asked, here);
  if (url?.origin !== here || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
