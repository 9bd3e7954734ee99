/** Something that HTTP itself refuses, for which the registry's error table has no code. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;

  constructor(status: 400 | 408 | 417 | 421 | 431, message: string) {
    super(message);
    this.status = status;
  }
}
