/** An answer that is not the one hoped for. */

/** Facts that go into the answer beside code and message. */
export interface ErrorFacts {
  /** Why a photo was not used: `noFace`, `multipleFaces`, `lowQuality`, `otherPerson`, `unreadable`. */
  readonly reason?: string | undefined;
  /** What became of each photo of an enrolment. */
  readonly photos?: readonly unknown[] | undefined;
}

/** Thrown by routes; answered as `{ error: { code, message, ...facts } }` with this status. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly facts: ErrorFacts;

  constructor(status: number, code: string, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }
}
