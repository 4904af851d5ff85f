/** Passkeys (W3C Web Authentication): what the browser does for the API. The JSON is the standard's (level 3 §5.1); it is read and written
 * here, as browsers that have passkeys do not all have `toJSON()` and `parseRequestOptionsFromJSON()`. */

/** The options as the API gives them. */
export type Options = Record<string, unknown>;

/** Whether this browser has passkeys at all: never without a secure context. */
export const has = (): boolean => typeof PublicKeyCredential === 'function' && !!navigator.credentials;

/** Whether it offers them in a field that is filled in, without a word before. */
export const offersInField = async (): Promise<boolean> =>
  has() && ((await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) ?? false);

/** What kind of device this is, as a first name for its passkey; `null` if it does not say. */
export const kindOf = (agent: string): string | null => ['iPhone', 'iPad', 'Android', 'Windows', 'Macintosh', 'CrOS', 'Linux'].find((kind) => agent.includes(kind)) ?? null;

/** Lets the device make a passkey; `null` if the person does not want to. */
export async function make(options: Options): Promise<object | null> {
  const publicKey = bytesOf(options) as unknown as PublicKeyCredentialCreationOptions;
  return answered(navigator.credentials.create({ publicKey }));
}

/** Lets the person choose a passkey and sign with it; `null` if the person does not want to. In a field it waits until one is chosen there. */
export async function choose(options: Options, signal: AbortSignal, inField = false): Promise<object | null> {
  const publicKey = bytesOf(options) as unknown as PublicKeyCredentialRequestOptions;
  return answered(navigator.credentials.get({ publicKey, signal, ...(inField ? { mediation: 'conditional' as const } : {}) }));
}

/** Whether the device has a passkey of this account already. */
export const isKnown = (error: unknown): boolean => error instanceof DOMException && error.name === 'InvalidStateError';

async function answered(asked: Promise<Credential | null>): Promise<object | null> {
  try {
    const given = await asked;
    return given && jsonOf(given as PublicKeyCredential);
  } catch (error) {
    // Put away, too late, or overtaken by another question.
    if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return null;
    throw error;
  }
}

/** Base64url without padding (RFC 4648 §5). */
export function encode(buffer: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet)).join('');
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
}

/** Options with octets where JSON has base64url. */
export function bytesOf(options: Options): Options {
  const named = (list: unknown) => (list as { id: string }[] | undefined)?.map((one) => ({ ...one, id: decode(one.id) }));
  const user = options.user as { id: string } | undefined;
  return {
    ...options,
    challenge: decode(options.challenge as string),
    ...(user && { user: { ...user, id: decode(user.id) } }),
    ...(options.excludeCredentials ? { excludeCredentials: named(options.excludeCredentials) } : {}),
    ...(options.allowCredentials ? { allowCredentials: named(options.allowCredentials) } : {}),
  };
}

/** What `toJSON()` gives: `RegistrationResponseJSON` or `AuthenticationResponseJSON`. */
function jsonOf(given: PublicKeyCredential): object {
  const response = given.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'] as const;
  const octets = parts.filter((part) => response[part] instanceof ArrayBuffer).map((part) => [part, encode(response[part]!)]);
  return {
    id: given.id,
    rawId: encode(given.rawId),
    type: given.type,
    clientExtensionResults: given.getClientExtensionResults(),
    response: { ...Object.fromEntries(octets), ...(response.getTransports ? { transports: response.getTransports() } : {}) },
  };
}
