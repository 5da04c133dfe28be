// Used by the scripts about cookie banners: decides what is a banner. A single word is never enough: an element is a
// banner if it has the name of a consent tool, or a text about consent together with buttons that accept, decline or
// close it.
const VENDOR = /onetrust|didomi|usercentrics|cookiebot|cybotcookie|truste\b|truste[-_]|trustarc|quantcast|qc-cmp|sp_message|cookieyes|\bcky-|iubenda|osano|termly|klaro|cookiefirst|axeptio|complianz|\bcmplz|borlabs|consentmanager|\bcmpbox|tarteaucitron|cookiehub|civic-?uk|\bccc-|evidon|fc-consent|\bcc-(main|-main|revoke|window)\b|moove_gdpr|\bch2-(icon|dialog|theme)|cookiescript_|\bfs-cc\b|\bketch-|lanyard_root|silktide|eu-cookie-(compliance|withdraw)|uc-privacy-button|\bc15t-|orejime|moz-consent-banner|shopify-pc__|sqs-cookie-banner|hs-eu-cookie/i;
const NAME = /(cookies?|consent|gdpr|rgpd|dsgvo|ccpa|privacy|cmp)[-_ ]?(banner|bar|notice|notification|consent|pop-?up|modal|dialog|overlay|law|message|msg|alert|wall|layer|prompt|info|hint|warning|disclaimer|compliance|box|container|wrapper|root|toast|widget|manager|accept)|(accept|allow|manage)[-_ ]?cookies?|\bcc-(window|banner)\b|\bcookieconsent\b/i;
const TOPIC = /cookie|ciastecz|eväste|çerez|sütik|クッキー|쿠키|куки|kakor\b|informasjonskaps|traceurs|galetes|คุกกี้|कुकी|تعريف الارتباط|كوكيز|עוגיות|tracking[- ]tech|trackers?\b|consent|gdpr|rgpd|dsgvo|ccpa|einwillig|datenschutz|privacy|privacidad|confidentialit|riservatezza|integritetspol|personvern|prywatno|personal (data|information)|données personnelles|隐私|隱私|プライバシー|同意|개인정보|quyền riêng tư|конфиденциал/i;
// A text that asks for consent says what for; a shop that sells cookies does not.
const PURPOSE = /privacy|policy|consent|tracking|analy[sztv]|statisti|experience|personali[sz]|web ?sites?|(this|our|diese|unsere|notre|nuestro) (site|seite)|browser|traffic|advertis|werbung|publicit|third[- ]part|functional|preferences|datenschutz|einwillig|confidentialit|privacidad|riservatezza|隐私|隱私|同意|サイト|웹사이트|trang web|trải nghiệm|сайт/i;
const FOOD = /chocolate|butter|oven|bake|baking|dough|oatmeal|recipe|flavou?r|sugar|delicious|snack|crumbl|frisch|gebäck|gebacken|rezept|schoko|recette|au beurre|receta|ricetta/i;
const USES = /\b(use|uses|using|used|set|sets|stores?|utili[sz]\w+|verwende\w*|nutz\w+|setz\w+|gebrui\w+|plaats\w+|usamos|usa|usiamo|używa\w*|använd\w*|bruger|bruker|käyt\w+|korzysta\w*|wykorzyst\w+)\W+((?!\.\s)[^]){0,40}?cookies?\b/i;
// The same for languages with other scripts, or with the verb at the end.
const USES_ELSEWHERE = /χρησιμοποι|использу|використов|използва|folose|folosi|použív|haszn[aá]l|kullan|sử dụng|ใช้|משתמש|שימוש|يستخدم|نستخدم|koristi|uporablj|naudoj|izmanto|kasuta|använd|bruker|käyt|używ|korzyst|utilise|utilitza|使用|利用|사용|이용|उपयोग/i;
// People consent to more than to cookies.
const DATA = new RegExp(TOPIC.source.replace("|consent|", "|your consent|consent to (the )?(us|process|stor)|"), "i");
const NAMES_OF_CODE = /[\w-]*cookies?[\w-]*[.(_][\w.]+|\w+[._]cookies?\w*/gi;
const COOKIES = /cookie|ciastecz|eväste|çerez|sütik|クッキー|쿠키|куки|kakor\b|informasjonskaps|traceurs|galetes|คุกกี้|कुकी|تعريف الارتباط|كوكيز|עוגיות|slapuk|sīkdat|küpsis|kolačić|piškot/i;
const AGREES = /(by|durch|en|wenn sie|if you|ao)\b[^.]{0,60}\b(continu|using|use|browsing|clicking|closing|nutzung|poursuiv|naveg)[^]{0,200}(agree|accept|consent|zustimm|einverstanden|accepte|acepta|concorda)/i;
const ACCEPTS = new RegExp(`^(${[
  "ok(ay)?", "(yes,? )?(i |we )?(accept|agree|consent|understand)( (to )?(all|and|&|cookies?|our|the|these|terms|everything|selected|recommended|necessary|essential|optional|close|continue|proceed).*)?",
  "allow( (all|cookies?|selection|selected|optional|everything).*)?", "got it", "i'?m (ok|fine|happy) with.*", "that'?s (ok|fine|okay)", "understood", "enable all.*", "(yes, )?i'?m in",
  "(alle |allen |alles )?(cookies )?(akzeptieren|annehmen|zulassen|erlauben|zustimmen|einverstanden|verstanden|bestätigen|auswählen).*", "(ich )?(stimme|akzeptiere|bin einverstanden).*",
  "(tout |j['’ ]?)?(accepte[rz]?|autorise[rz]?)\\b.*", "(j'ai )?compris", "d['’]accord", "(aceptar|acepto|aceitar|aceito|permitir|entendido|de acuerdo|concordo)\\b.*", "(accetta|accetto|acconsento|ho capito)\\b.*",
  "(accepteren|accepteer|akkoord|alles? toestaan|toestaan|begrepen)\\b.*", "(akceptuj|zaakceptuj|zgadzam|rozumiem|zezwól).*", "(godkänn|acceptera|jag godkänner|tillåt|accepter|tillad|godta|godkend|hyväksy|salli).*",
  "(přijmout|souhlas|elfogad|kabul|tümünü kabul|onayl|terima|setuju|αποδοχή).*", "(принять|принимаю|соглас|понятно|прийняти).*", "(同意|接受|允许|允許|許可|承諾|すべて同意|了解|知道了).*", "(동의|모두 동의|허용|모두 허용|수락|확인).*", "(chấp nhận|đồng ý).*", "(قبول|موافق|אישור|מסכים).*",
  "accept (toate|alle|todo).*", "acceptar\\b.*", "alles klar", "ja,? (prima|graag|ich .*|ik .*|bitte|gerne)", "jag förstår", "jeg (forstår|godtar).*", "prosseguir|(estou )?ciente|continuar e fechar",
  "(prijať|prijím|súhlas|povol).*", "(すべて|全て)?(を)?(受け入れ|許可|承認).*", "(我)?(知道|明白)了?", "(接受|允许)(全部|所有).*", "ยอมรับ.*", "स्वीकार.*",
].join("|")})[.!]?$`, "i");
const DECLINES = new RegExp(`^(${[
  "no,? ?(thanks|thank you)?", "(decline|reject|refuse|deny|disagree|disallow)\\b.*", "(use |accept |allow )?(only )?(strictly )?(necessary|essential|required|functional)( cookies)?( only)?", "continue without.*", "opt[- ]?out.*",
  "(do not|don['’]t) (accept|sell|allow|agree|track).*", "(manage|customi[sz]e|change|cookie|cookies|privacy|adjust|set|more|show|review)( my| your| cookies?| privacy)? ?(choices|preferences|settings|options|consents?|purposes|details)", "customi[sz]e", "preferences",
  "(alle )?(cookies )?(ablehnen|verweigern)", "nur .*(notwendig|essenziell|essentiell|erforderlich).*", "(cookie-?)?einstellungen.*", "anpassen", "(tout )?refuser.*", "continuer sans.*", "personnaliser.*", "paramétr.*", "gérer.*", "(je )?refuse.*",
  "rechaz.*", "solo .*(necesarias|esenciales).*", "configurar.*", "rejeitar.*", "recusar.*", "rifiuta.*", "personalizza.*", "weiger.*", "afwijzen.*", "alleen .*", "instellingen.*", "odrzu.*", "odmawiam.*", "ustawienia.*",
  "avvisa.*", "neka.*", "afvis.*", "avslå.*", "kieltäy.*", "hylkää.*", "отклон.*", "отказ.*", "відхил.*", "настро.*", "(拒绝|拒絕|拒否|不同意|同意しない).*", "(거부|거절|동의 안).*", "từ chối.*", "(رفض|דחה).*", "reddet.*", "odmít.*", "elutasít.*", "tolak.*",
  "nein,?( danke)?", "nee,?( bedankt| dank.*)?", "non,? merci", "no,? grazie", "nie zgadzam.*", "zelf instellen", "odmietnu.*", "rebutja.*", "refuz.*", "ปฏิเสธ.*", "अस्वीकार.*",
  "save( (my |and |& )?(choices|preferences|settings|selection|close|exit).*)?", "((auswahl|einstellungen) )?speichern.*", "(auswahl|selection) .*", "enregistrer.*", "guardar.*", "opslaan.*", "zapisz.*",
].join("|")})[.!]?$`, "i");
const CLOSES = /^(close|dismiss|hide|schließen|fermer|cerrar|chiudi|fechar|sluiten|zamknij|stäng|luk|lukk|sulje|закрыть|关闭|關閉|閉じる|닫기|đóng|×|✕|✖|✗|⨯|x)( .{0,30})?$/i;
// The words of a visitor who declines an offer of any sort; more than them must say that a box asks for consent.
const ANY_OFFER = /^(no,? ?(thanks|thank you)?|(yes,? )?i'?m in|nein,?( danke)?|nee,?( bedankt)?|non,? merci|no,? grazie|ok(ay)?|got it)[.!]?$/i;
// What a visitor would do here instead of closing the box.
const INVITES = /^(sign|log) ?(up|in|on)\b|register|subscri|continue with|create .*account|check ?out|download|^(enter|play|buy|order|start|donate|book)\b|anmeld|registrier|abonn|connexion|inscri|iniciar|accedi/i;
// A site says of itself that it uses cookies; a title that asks how sites do so is none of its notices.
const OF_ITSELF = /\b(we|this (web ?)?(site|page|store|shop|app)|our (web ?)?(site|store|shop|app)|wir|(diese|unsere) (web ?)?(seite|site)|nous|(ce|notre) site|est[ea] (sitio|web|site)|nuestro sitio|questo sito|deze (web)?site)\b/i;
const ASKS_HOW = /\b(how|why|what|which|whether|when)\b[^.!?]{0,80}cookie/i;
const CONTENT = "main, [role=main]";
const TYPED = "textarea, input:not([type]), input[type=text], input[type=email], input[type=search], input[type=password], input[type=tel], input[type=number]";
const CONTROLS = "button, a, input[type=button], input[type=submit], [role=button], summary, [onclick], :is(div, span):is([class*=btn], [class*=button]):not(:has(*))";
// Characters. A consent dialog with all its purposes may be long; a page is longer.
const LONGEST = 6000;
// What a banner's box may contain besides the banner itself.
const FEW_CONTROLS = 2, FEW_LETTERS = 200, LETTERS_ABOUT_CONSENT = 1000, NOTICE_LETTERS = 500;

const childrenOf = (element) => [...real(element).children, ...(shadowOf(element) ? shadowOf(element).children : [])];
// The element and everything in it, including open shadow roots.
const withAll = (element) => [element, ...all(element), ...[element, ...all(element)].filter(shadowOf)
  .flatMap((host) => rootsOf(shadowOf(host)).flatMap((root) => all(root)))];
const matching = (element, selector) => withAll(element).filter((inside) => real(inside).matches(selector));
const isText = (element) => !real(element).matches("style, script, template, noscript");
const textOf = (element) => [real(element).innerText ?? real(element).textContent ?? "", ...withAll(element).filter(shadowOf)
  .flatMap((host) => [...shadowOf(host).children].filter(isText).map((child) => real(child).innerText ?? real(child).textContent ?? ""))]
  .join(" ").replace(/\s+/g, " ").trim();
const wordsOf = (control) => [control.innerText ?? control.textContent, control.value, control.getAttribute("aria-label"), control.title]
  .filter((words) => typeof words === "string").map((words) => words.replace(/\s+/g, " ").trim()).filter(Boolean);
const nameOf = (element) => real(element).localName
  + (real(element).id ? `#${real(element).id}` : [...real(element).classList].map((name) => `.${name}`).join(""));
const uses = (said) => USES.test(said) || (USES_ELSEWHERE.test(said) && COOKIES.test(said));
const asksForConsent = (said) => (uses(said) && (PURPOSE.test(said) || !FOOD.test(said))) || AGREES.test(said);

const namesOf = (element) => ["id", "class", "aria-label"].map((name) => real(element).getAttribute(name)).join(" ") + ` ${real(element).localName}`;
const says = (controls, pattern) => controls.some((control) => wordsOf(control).some((words) => pattern.test(words)));
const isChoice = (control) => says([control], ACCEPTS) || says([control], DECLINES);
const isDialog = (element) => real(element).matches("dialog, [role=dialog], [role=alertdialog], [aria-modal=true]");
// A menu has many entries, and some of them may read like choices.
const isMenu = (element, controls) => {
  const choices = controls.filter(isChoice);
  if (choices.length > 0 && choices.every((choice) => real(choice).matches("li a"))) return true;
  return !isDialog(element) && controls.length - choices.length > 8;
};
// A notice that lies over the page and says what it uses cookies for; its one button may have any words, or a picture.
const isNotice = (element, controls, said) => {
  const buttons = controls.filter((control) => !real(control).matches("a"));
  return said.length <= NOTICE_LETTERS && buttons.length === 1 && controls.length <= 3 && uses(said) && !FOOD.test(said)
    && OF_ITSELF.test(said) && !ASKS_HOW.test(said) && !says(controls, INVITES)
    && lineOf(element).some((node) => getComputedStyle(node).position === "fixed" || isDialog(node))
    && lineOf(element).every((node) => !real(node).matches("header, nav"));
};
const isBanner = (element) => {
  const names = namesOf(element);
  const controls = matching(element, CONTROLS);
  const said = textOf(element);
  if (VENDOR.test(names)) return controls.length > 0 || said === "";
  if (said.length > LONGEST || matching(element, `${TYPED}, ${CONTENT}, article`).length > 0) return false;
  const accepts = says(controls, ACCEPTS), declines = says(controls, DECLINES);
  // An app's own dialog about privacy need not be about consent.
  const isNamed = NAME.test(names) && (/cookie|consent|gdpr|rgpd|dsgvo|ccpa/i.test(names) || TOPIC.test(said));
  if (isNamed) return accepts || declines || PURPOSE.test(said) || matching(element, "iframe").length > 0;
  if (!TOPIC.test(said)) return false;
  if (isNotice(element, controls, said)) return true;
  if (asksForConsent(said)) {
    const closes = says(controls, CLOSES) && controls.length <= 4 && !says(controls, INVITES);
    return accepts || (declines && !isMenu(element, controls)) || closes;
  }
  const isAboutCookies = /cookie|tracking/i.test(said) && PURPOSE.test(said) && !FOOD.test(said);
  if (isAboutCookies && accepts && controls.length <= 6 && !isMenu(element, controls)) return true;
  const isSure = controls.some((control) => isChoice(control) && !says([control], ANY_OFFER));
  return accepts && declines && isSure && !isMenu(element, controls) && DATA.test(said.replace(NAMES_OF_CODE, "")) && !(FOOD.test(said) && !PURPOSE.test(said));
};
const hasChoices = (element) => matching(element, CONTROLS).some(isChoice);
// The smallest banner in an element that is or contains one: not its title, if its buttons are elsewhere in it.
const coreOf = (element) => {
  const inner = childrenOf(element).find((child) => isBanner(child) && (hasChoices(child) || !hasChoices(element)));
  return inner ? coreOf(inner) : element;
};
// The smallest banner in an element that may contain none; null if nothing in it mentions consent.
const bannerIn = (element) => {
  if (isBanner(element)) return coreOf(element);
  for (const child of childrenOf(element).filter((child) => TOPIC.test(textOf(child)))) {
    const found = bannerIn(child);
    if (found) return found;
  }
  return null;
};
// The largest box around a part, up to `top`, that contains little else.
const boxAround = (part, top) => {
  const isShort = (box) => {
    const more = textOf(box).replace(textOf(part), "");
    return more.length <= FEW_LETTERS
      || (more.length <= LETTERS_ABOUT_CONSENT && asksForConsent(more) && matching(box, "h1").length === matching(part, "h1").length);
  };
  const hasLittleElse = (box) => matching(box, CONTROLS).length - matching(part, CONTROLS).length <= FEW_CONTROLS
    && isShort(box) && matching(box, `${TYPED}, ${CONTENT}, nav`).length === 0;
  let box = part;
  while (box !== top && parentOf(box) && hasLittleElse(parentOf(box))) box = parentOf(box);
  return box;
};
