/** Sets `window.hurt`, which a browser test looks for, when it runs as a script. */
const run = 'window.hurt=1'

/** Descriptions that try to become more than words, as stored cross-site scripting has come before (CVE-2025-32019). */
export const hostileMarkdown: readonly string[] = [
  `<script>${run}</script>`,
  `<SCRIPT SRC=data:text/javascript,${run}></SCRIPT>`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<img src=x onerror="${run}">`,
  `<img src="https://example.invalid/x.png" onload=${run} onerror=${run}>`,
  `<IMG SRC=\`javascript:${run}\`>`,
  `<img src="x\`\`&#x20;onerror=${run}">`,
  `<svg onload=${run}><animate onbegin=${run} attributeName=x></svg>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><foreignObject><body onload=${run}></foreignObject></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`,
  `<math><mi xlink:href="data:x,<script>${run}</script>"></math>`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<iframe srcdoc="<script>parent.hurt=1</script>"></iframe>`,
  `<iframe src="javascript:parent.hurt=1"></iframe>`,
  `<object data="data:text/html,<script>parent.hurt=1</script>"></object><embed src="data:text/html,x">`,
  `<a href="javascript:${run}">click</a>`,
  `<a href="JaVa&#x09;ScRiPt:${run}">click</a>`,
  `<a href="&#106;avascript&colon;${run}">click</a>`,
  `<a href="data:text/html,<script>${run}</script>">click</a>`,
  `<a href="vbscript:${run}">click</a>`,
  `[click](javascript:${run})`,
  `[click](<javascript:${run}>)`,
  `[click](javascript&#58;${run})`,
  `[click][1]\n\n[1]: javascript:${run}`,
  `![x](javascript:${run})`,
  `![x](https://example.invalid/"onerror="${run})`,
  `<javascript:${run}>`,
  `<details open ontoggle=${run}><summary>x</summary></details>`,
  `<input autofocus onfocus=${run}><select autofocus onfocus=${run}><textarea autofocus onfocus=${run}>`,
  `<video src=x onerror=${run}></video><audio src=x onerror=${run}></audio>`,
  `<style>@import 'javascript:${run}'; body { display: none }</style>`,
  `<p style="position:fixed;inset:0;background:url(javascript:${run})">over all</p>`,
  `<link rel=stylesheet href="data:text/css,*{display:none}"><meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<base href="https://example.invalid/"><form action="https://example.invalid/"><button>Sign in</button></form>`,
  `<body onload=${run}><frameset onload=${run}></frameset>`,
  `<marquee onstart=${run}>x</marquee><isindex onfocus=${run}>`,
  `<div id="content" name="x" class="notice good">not the hub</div>`,
  `<form id=x></form><button form=x formaction="javascript:${run}">x</button>`,
  `<template><img src=x onerror=${run}></template>`,
  `<xmp><img src=x onerror=${run}></xmp><plaintext><img src=x onerror=${run}>`,
  `<![CDATA[<img src=x onerror=${run}>]]><!--><img src=x onerror=${run}>-->`,
  `<p>\u0000<scri\u0000pt>${run}</script>`,
  `\`\`\`html" onclick="${run}\nx\n\`\`\``,
  `| <script>${run}</script> |\n|---|\n| <img src=x onerror=${run}> |`,
  `<table background="javascript:${run}"><td background="javascript:${run}"></table>`,
]

const forbiddenTag =
  /^(script|style|svg|math|iframe|object|embed|form|input|button|base|link|meta|template)$/i
const forbiddenAttribute = /\s(on\w*|style|class(?!="scrolls")|id|name|srcdoc|formaction)=/i
const forbiddenAddress = /(?:href|src)="(?!https?:|mailto:|data:image\/(?:png|jpeg|gif|webp);)/i

/** What no description may turn into; undefined when `markup` is harmless. */
export function harmfulMarkup(markup: string): string | undefined {
  return [...markup.matchAll(/<\/?([a-z0-9]+)((?:\s[^>]*)?)>/gi)].find(
    ([, name = '', attributes = '']) =>
      forbiddenTag.test(name) || forbiddenAttribute.test(attributes) || forbiddenAddress.test(attributes),
  )?.[0]
}
