// Recomputes a round's random numbers from the revealed seed, in the player's own browser.

const text = new TextEncoder();
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const canVerify = Boolean(globalThis.crypto && crypto.subtle);

export async function sha256(message) {
  return hex(await crypto.subtle.digest("SHA-256", text.encode(message)));
}

// below(n): uniform in [0, n), from HMAC-SHA256(server seed, "client seed:nonce:counter") in 32-bit words.
export async function numbers(serverSeed, clientSeed, nonce) {
  const key = await crypto.subtle.importKey("raw", text.encode(serverSeed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  let counter = 0, words = [];
  async function word() {
    if (!words.length) {
      const digest = new DataView(await crypto.subtle.sign("HMAC", key, text.encode(`${clientSeed}:${nonce}:${counter}`)));
      counter += 1;
      for (let at = 0; at < 32; at += 4) words.push(digest.getUint32(at));
    }
    return words.shift();
  }
  return async function below(bound) {
    const fair = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = await word();
      if (drawn < fair) return drawn % bound;
    }
  };
}
