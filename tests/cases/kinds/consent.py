"""Cookie banners: real ones are removed, and nothing else is."""

from tests.cases.case import BLUE, DARK_GREEN, GREEN, RED, Case

BLOCKED = {"block": ["cookieBanners"]}
# A green page with a red box over its lower part.
PAGE = "<!doctype html><body style='margin:0;background:#0f0'><p>A page about something else.</p>"
BOX = "position:fixed;left:0;right:0;bottom:0;height:240px;background:#f00;color:#fff;overflow:hidden"

BANNERS = {
    "two buttons": "<div style='{}'><p>We use cookies.</p><button>Accept</button><button>Decline</button></div>",
    "one button": "<div style='{}'>This site uses cookies to improve your experience. <button>OK</button></div>",
    "links as buttons": "<div style='{}'>We use cookies and similar technologies on our website. "
    "<a href='#'>Learn more</a> <a href='#'>I agree</a></div>",
    "a privacy policy": "<div style='{}'><p>Please read our privacy policy.</p>"
    "<button>Accept</button><button>Decline</button></div>",
    "terms by continuing": "<div style='{}'>By continuing to browse you agree to our privacy policy. "
    "<button>Got it</button></div>",
    "German": "<div style='{}'>Wir verwenden Cookies. Mehr in der Datenschutzerklärung. "
    "<button>Alle akzeptieren</button><button>Nur notwendige Cookies</button></div>",
    "French": "<div style='{}'>Nous utilisons des cookies pour mesurer l'audience. "
    "<button>Tout accepter</button><button>Continuer sans accepter</button></div>",
    "Spanish": "<div style='{}'>Utilizamos cookies propias y de terceros en este sitio web. "
    "<button>Aceptar</button><a href='#'>Configurar</a></div>",
    "Italian": "<div style='{}'>Questo sito usa cookie. <button>Accetta</button><button>Rifiuta</button></div>",
    "Polish": "<div style='{}'>Ta strona używa plików cookies. <button>Akceptuję</button><button>Odrzuć</button></div>",
    "Vietnamese": "<div style='{}'>Trang web này dùng cookie. <button>Đồng ý</button><button>Từ chối</button></div>",
    "Japanese": "<div style='{}'>当サイトではCookieを使用します。<button>同意する</button><button>拒否</button></div>",
    "Chinese": "<div style='{}'>我们使用 Cookie 和隐私技术。<button>接受</button><button>拒绝</button></div>",
    "Russian": "<div style='{}'>Сайт использует файлы cookie. <button>Принять</button><button>Отклонить</button></div>",
    "a cross": "<div style='{}'>We use cookies on this website. <a href='#'>Read more</a> <button>×</button></div>",  # noqa: RUF001
    "a footer": "<footer style='{}'>We use cookies. <button>Accept all</button></footer>",
    "a dialog": "<dialog open style='{};width:100%'>Cookies help us run this website. "
    "<button>Accept</button><button>Manage preferences</button></dialog>",
    "a known tool": "<div id='onetrust-banner-sdk' style='{}'><a href='#'>Details</a></div>",
    "many purposes": "<div role='dialog' style='{}'>We value your privacy. We use cookies for analytics."
    + "".join(f"<label><input type='checkbox'>Purpose {n}</label><a href='#'>Details {n}</a>" for n in range(20))
    + "<button>Accept all</button><button>Reject all</button></div>",
    "a high absolute box": "<div style='{};position:absolute;z-index:9999'>We use cookies. "
    "<button>Accept</button><button>Reject</button></div>",
    "inside an app's fixed root": "<div style='position:fixed;inset:0;overflow:auto;background:#0f0'><main>App</main>"
    "<div style='{};position:absolute'>We use cookies. <button>Accept</button><button>No thanks</button></div></div>",
    "inside a shadow root in a shadow root": "<x-a></x-a><script>"
    "const outer = document.querySelector('x-a').attachShadow({{mode: 'open'}});"
    "outer.innerHTML = '<x-b></x-b>'; const inner = outer.querySelector('x-b').attachShadow({{mode: 'open'}});"
    "inner.innerHTML = \"<div style='{}'>We use cookies. <button>Accept</button><button>Reject</button></div>\";"
    "</script>",
    "text outside and buttons inside a shadow root": "<div style='{}'>We use cookies for statistics.<x-c></x-c></div>"
    "<script>document.querySelector('x-c').attachShadow({{mode: 'open'}}).innerHTML = '<button>Accept</button>'"
    "</script>",
    "Greek, with a button that is none, in a closed shadow root": "<x-d></x-d><script>"
    "document.querySelector('x-d').attachShadow({{mode: 'closed'}}).innerHTML = "
    "\"<div style='{}'>Χρησιμοποιούμε cookies. <span class=btn>Αποδοχή</span></div>\"</script>",
    "German, of tracking": "<div style='{}'>Diese Seite nutzt Website-Tracking-Technologien von Dritten. "
    "<button>Alles klar</button><button>Nein danke</button></div>",
    "German, to be saved": "<div style='{}'>Wir nutzen Cookies auf unserer Website. <label><input type=checkbox>Statistik"
    "</label><button>Speichern</button></div>",
    "French, of tracers": "<div style='{}'>Ce site utilise des traceurs pour mesurer son audience. "
    "<button>Tout accepter</button><button>Tout refuser</button></div>",
    "Dutch": "<div style='{}'>Wij plaatsen cookies om de website te verbeteren. "
    "<button>Ja, prima</button><button>Zelf instellen</button></div>",
    "Portuguese": "<div style='{}'>Ao continuar navegando, você concorda com a nossa política de privacidade e cookies. "
    "<button>Prosseguir</button></div>",
    "Swedish": "<div style='{}'>Den här webbplatsen använder kakor. <button>Jag förstår</button></div>",
    "Norwegian": "<div style='{}'>Vi bruker informasjonskapsler. <button>Godta alle</button></div>",
    "Finnish": "<div style='{}'>Käytämme evästeitä. <button>Hyväksy kaikki</button></div>",
    "Japanese, in katakana": "<div style='{}'>クッキーを使用しています。<button>すべて受け入れる</button><button>設定</button></div>",
    "Chinese, with one button": "<div style='{}'>我们使用浏览器缓存和Cookies。<button>我知道了</button></div>",
    "Korean": "<div style='{}'>당사는 쿠키를 이용합니다. <button>확인</button></div>",
    "Arabic": "<div style='{}'>يستخدم هذا الموقع ملفات تعريف الارتباط. <button>قبول الكل</button></div>",
    "Thai": "<div style='{}'>เว็บไซต์นี้ใช้คุกกี้ <button>ยอมรับทั้งหมด</button></div>",
    "Hindi": "<div style='{}'>यह वेबसाइट कुकीज़ का उपयोग करती है। <button>स्वीकार करें</button></div>",
    "Slovak": "<div style='{}'>Táto stránka používa cookies. <button>Prijať všetko</button></div>",
    "Catalan": "<div style='{}'>Aquest lloc web utilitza galetes. <button>Acceptar</button></div>",
    "a known tool's shadow root": "<div class=axeptio_mount></div><script>document.querySelector('.axeptio_mount')"
    ".attachShadow({{mode: 'open'}}).innerHTML = \"<div style='{}'>On en veut bien. <button>OK pour moi</button></div>\""
    "</script>",
}
OTHERS = {
    "a shop bar": "<div style='{}'>Fresh chocolate cookies! <a href='#'>Order</a> <button>Add to cart</button></div>",
    "a bakery's offer": "<div style='{}'>We use real butter in our cookies. <button>OK</button></div>",
    "a bakery's choice": "<div style='{}'>Free cookies with every order! <button>Accept</button>"
    "<button>No thanks</button> Chocolate or oatmeal.</div>",
    "a footer of links": "<footer style='{}'>© A company <a href='#'>Privacy policy</a> <a href='#'>Cookie settings</a>"
    " <a href='#'>Imprint</a></footer>",
    "a manual's menu": "<nav style='{}'>"
    + "".join(
        f"<a href='#'>{name}</a> "
        for name in [
            "Accept",
            "Allow",
            "Connection",
            "Cookies",
            "Consent",
            "Content-Type",
            "Date",
            "Host",
            "Range",
            "Referer",
            "Server",
            "Via",
        ]
    )
    + "</nav>",
    "a menu that is no nav": "<div style='{}'>"
    + "".join(f"<a href='#'>{name}</a> " for name in ["Routing", "Requests", "Cookies", "Sessions", "Privacy"])
    + "</div>",
    "a newsletter": "<div style='{}'>Our newsletter. By signing up you agree to our privacy policy. "
    "<input type='email'><button>OK</button><button>No thanks</button></div>",
    "a sign-in dialog": "<div role='dialog' style='{}'>Sign in. By continuing you agree to our privacy policy. "
    "<input type='password'><button>Continue</button></div>",
    "a search bar": "<div style='{}'><input type='search' placeholder='Search cookies'><button>Close</button></div>",
    "a chat bubble": "<div style='{}'>Questions about our privacy policy? <button>Chat with us</button></div>",
    "an offer": "<div style='{}'>Twenty percent off this week. <button>Accept</button><button>No thanks</button></div>",
    "a header with a policy link": "<header style='{}'>My site <a href='#'>Home</a> <a href='#'>Privacy policy</a> "
    "<button>Menu</button></header>",
    "a dialog about updates": "<div role='dialog' style='{}'>Version 2 is here. <button>Got it</button></div>",
    "an editor's bar": "<div style='{}'>Changes by Ann <button>Accept</button><button>Reject</button></div>",
    "a game": "<div style='{}'>Cookies: 4,212 <button>Bake</button><button>Upgrade oven</button></div>",
    "a question of an app": "<div role='dialog' style='{}'>Ann wants to share her screen. Do you consent? "
    "<button>Accept</button><button>Decline</button></div>",
    "a page of settings": "<div style='{}'><div role=main>We use cookies on this website. <button>Accept</button></div></div>",
    "a video that waits for consent": "<div style='{}'><div style='position:absolute;z-index:200;inset:0;background:#f00'>"
    "We use cookies to show this video. <button>Accept</button></div></div>".replace(
        "{}", "{};position:relative;top:560px"
    ),
    "a whole app": "<div style='{}'><main>"
    "<h1>Consent management</h1>We use cookies as an example of tracking. <button>Accept</button></main></div>",
}


def cases(sort: str, boxes: dict[str, str], colour: tuple[int, int, int]) -> tuple[Case, ...]:
    return tuple(
        Case(f"{sort} {name}", "", {"html": PAGE + box.format(BOX), **BLOCKED}, pixels=((1270, 790, colour),))
        for name, box in boxes.items()
    )


CASES = (
    *cases("removed:", BANNERS, GREEN),
    *cases("stays:", OTHERS, RED),
    Case(
        "a backdrop behind the page stays when a banner over it is removed",
        "",
        {
            "html": "<!doctype html><html style='background:#f00'><body style='margin:0'>"
            "<div style='position:fixed;inset:0;z-index:-1;background:rgba(0,255,0,.99)'></div>"
            + BANNERS["two buttons"].format(BOX),
            **BLOCKED,
        },
        pixels=((640, 100, GREEN, 4), (640, 700, GREEN, 4)),
    ),
    Case(
        "a curtain goes with its banner, and what has the same place and holds a picture stays",
        "",
        {
            "html": PAGE + "<div style='position:fixed;inset:0;background:rgba(0,0,0,.7)'></div>"
            "<div style='position:fixed;inset:0;background:rgba(0,0,0,.01)'>"
            "<svg width=100 height=100 style='background:#f00'></svg></div>" + BANNERS["two buttons"].format(BOX),
            **BLOCKED,
        },
        pixels=((640, 400, GREEN, 4), (50, 50, RED, 4)),
    ),
    Case(
        "a banner that is the shadow host itself is removed",
        "/consent/consent.html",
        {"block": ["cookieBanners"]},
        pixels=((100, 700, DARK_GREEN),),
    ),
    Case(
        "a top bar with a link to the cookie policy stays",
        "/consent/no-banner-topbar.html",
        {"block": ["cookieBanners"]},
        pixels=((5, 5, DARK_GREEN),),
    ),
    Case(
        "a sidebar with an entry about cookies stays",
        "/consent/no-banner-sidebar.html",
        {"block": ["cookieBanners"]},
        pixels=((5, 300, DARK_GREEN),),
    ),
    Case(
        "whole banners, notices with any button, what consent tools leave, and a banner that comes last are removed",
        "/consent/several-banners.html",
        BLOCKED,
        pixels=tuple((10, y + 45 if y < 500 else y + 20, GREEN) for y in range(0, 800, 100)),
    ),
    Case(
        "dialogs, menus, titles and bars that speak of cookies or privacy stay",
        "/consent/several-others.html",
        BLOCKED,
        pixels=tuple((1270, y, BLUE) for y in (*range(80, 700, 100), 95, 740, 790)),
    ),
    Case(
        "a banner that comes after a while is removed",
        "",
        {
            "html": PAGE
            + "<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', `"
            + BANNERS["two buttons"].format(BOX)
            + "`), 1500)</script>",
            "delayMs": 2500,
            **BLOCKED,
        },
        pixels=((640, 700, GREEN),),
    ),
    Case(
        "a banner that pushes the page down is removed, and the page behind it is sharp again",
        "",
        {
            "html": "<!doctype html><body style='margin:0'><div id='cookie-banner' style='height:200px;background:#f00'>"
            "We use cookies on this website. <button>Accept</button></div>"
            "<main style='height:800px;background:#0f0;filter:blur(30px)'></main>",
            **BLOCKED,
        },
        pixels=((2, 2, GREEN), (640, 400, GREEN)),
    ),
)
