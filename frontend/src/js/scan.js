// Where the browser can read codes with its camera, a place with data-scan="#form" offers it: what is read is sent by
// that form. Without camera, permission or reader the form is filled in by hand, or the name is pressed.
const PAUSE = 200;

async function readCode(place, form) {
  const video = place.querySelector("video");
  const status = place.querySelector("[data-scan-status]");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    status.textContent = place.dataset.scanDenied;
    return;
  }
  status.textContent = "";
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const reader = new window.BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    if (!video.isConnected) return stream.getTracks().forEach((track) => track.stop());
    const [code] = await reader.detect(video).catch(() => []);
    if (!code) return setTimeout(look, PAUSE);
    stream.getTracks().forEach((track) => track.stop());
    form.elements.code.value = code.rawValue;
    form.requestSubmit();
  };
  look();
}

async function canRead() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return false;
  return (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

export async function offerScan(place) {
  const form = document.querySelector(place.dataset.scan);
  if (!form || !(await canRead())) return;
  place.hidden = false;
  place.querySelector("[data-scan-start]").addEventListener("click", () => readCode(place, form));
}
