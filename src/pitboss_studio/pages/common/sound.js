// A few synthetic tones. Silent until the player switches them on.

let context = null;

export function toggle() {
  if (context) {
    context.close();
    context = null;
    return false;
  }
  context = new AudioContext();
  return true;
}

export function tone(frequency, seconds, volume = 0.06, delay = 0) {
  if (!context) return;
  const at = context.currentTime + delay;
  const voice = context.createOscillator();
  const gain = context.createGain();
  voice.type = "triangle";
  voice.frequency.value = frequency;
  gain.gain.setValueAtTime(volume, at);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  voice.connect(gain).connect(context.destination);
  voice.start(at);
  voice.stop(at + seconds);
}

export const sounds = {
  spin: () => tone(180, 0.15),
  stop: () => tone(120, 0.1, 0.08),
  win: () => [523, 659, 784, 1047].forEach((note, at) => tone(note, 0.35, 0.06, at * 0.09)),
  feature: () => [392, 523, 659, 784, 1047, 1319].forEach((note, at) => tone(note, 0.6, 0.07, at * 0.12)),
};
