import { parseOrganizationName, RegistryError } from "@layerport/registry-core";
import { AccountError, type AccountErrorCode } from "./account-error.ts";

// What addresses, host names and login forms mean by themselves.
const reservedNames = new Set(
  `library v1 v2 v3 api token tokens auth oauth oauth2 login logout sign-in sign-out sign-up setup invite reset device r o u
  live livez readyz healthz health metrics static assets public explore search settings builds jobs new lp layerport
  system anonymous everyone robot robots administrator root null undefined me self well-known favicon.ico robots.txt
  _next _layerport`.split(/\s+/),
);

/** Reads the name of a user or an organization; the two share one space of names.
 * @throws NAME_INVALID, NAME_RESERVED */
export function parseAccountName(text: string): string {
  let name: string;
  try {
    name = parseOrganizationName(text);
  } catch (error) {
    if (RegistryError.is(error)) throw new AccountError("NAME_INVALID", { cause: error });
    throw error;
  }
  if (reservedNames.has(name)) throw new AccountError("NAME_RESERVED");
  return name;
}

/** Reads the name of a part of an organization, such as a team. @throws the given code */
export function parsePartName(text: string, code: AccountErrorCode): string {
  const name = text.trim();
  if (name.length > 64 || !/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)) throw new AccountError(code);
  return name;
}

/** One address, lower case: plain local part, host with a dot or `localhost`. @throws EMAIL_INVALID */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase();
  const isOneAddress =
    email.length <= 254 &&
    /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(email) &&
    !email.includes("..");
  if (!isOneAddress) throw new AccountError("EMAIL_INVALID");
  return email;
}

/** A name for people to read; `undefined` when there is nothing in it. @throws DISPLAY_NAME_INVALID */
export function parseDisplayName(text: string | undefined): string | undefined {
  const name = text?.trim() ?? "";
  if (!isOneLine(name, 100)) throw new AccountError("DISPLAY_NAME_INVALID");
  return name === "" ? undefined : name;
}

/** Some sentences for people to read; `undefined` when there is nothing in it. @throws DESCRIPTION_INVALID */
export function parseDescription(text: string | undefined): string | undefined {
  const description = text?.trim() ?? "";
  const isText = description.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(description);
  if (!isText || Array.from(description).length > 500) throw new AccountError("DESCRIPTION_INVALID");
  return description === "" ? undefined : description;
}

/** Whether the text has no control character and no more characters than this. */
export function isOneLine(text: string, maximumCharacters: number): boolean {
  return text.isWellFormed() && Array.from(text).length <= maximumCharacters && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(text);
}
