import { AccountError } from "@layerport/accounts";
import { forbidden, notFound } from "next/navigation";

/** Awaits what a page asks of accounts: what is unknown or hidden is the page 404, what is forbidden the page 403. */
export async function orRefused<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (AccountError.is(error) && error.code.endsWith("_UNKNOWN")) notFound();
    if (AccountError.is(error) && error.code === "NOT_ALLOWED") forbidden();
    throw error;
  }
}
