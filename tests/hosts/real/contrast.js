// What of our pages is hard to see: text below 4.5, and what is drawn below 3 to 1.
//
// axe-core looks at text of HTML; this looks at texts and marks of drawings, too. Colours are
// painted on one pixel, all backgrounds below first: whatever they are written as, it is in the end.
(marks) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });

  function paint(colour, opacity = 1) {
    context.globalAlpha = opacity;
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }

  function luminance(pixel) {
    const [r, g, b] = pixel.map((part) =>
      part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one, colour, opacity) {
    const below = [];
    for (let at = one; at; at = at.parentElement) below.unshift(getComputedStyle(at).backgroundColor);
    let background = paint("#fff");
    for (const layer of below) background = paint(layer);
    const [dark, light] = [luminance(background), luminance(paint(colour, opacity))]
      .sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  const faint = [];
  for (const [selector, property, least] of marks) {
    for (const one of document.querySelectorAll(selector)) {
      if (!one.checkVisibility()) continue;
      const style = getComputedStyle(one);
      const opacity = { fill: style.fillOpacity, stroke: style.strokeOpacity }[property] ?? 1;
      const found = contrast(one, style[property], Number(opacity));
      if (found < least) faint.push(`${selector}: ${found.toFixed(2)}`);
    }
  }
  return [...new Set(faint)];
}
