import { AccountError, type AccountErrorCode } from "@layerport/accounts";
import { notFound } from "next/navigation";

/** Awaits what a link of one use leads to; one that leads nowhere is the page 404 of its kind, whatever the cause. */
export async function orDeadLink<T>(asked: Promise<T>, code: AccountErrorCode): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (AccountError.is(error) && error.code === code) notFound();
    throw error;
  }
}
