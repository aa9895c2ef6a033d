"""Pages on which the reader was tuned: one function per kind of site."""

from page import Page

MENU = '<ul class="menu">' + "".join(f'<li class="menu-item"><a href="/{n}">{t}</a></li>' for n, t in enumerate(["Home", "News", "Opinion", "About us", "Contact"])) + "</ul>"


def wordpress_classic(p: Page):
    return f"""<body class="single single-post has-sidebar"><div id="page"><header id="masthead" class="site-header"><p class="site-title"><a href="/">The Quay</a></p>
<nav id="site-navigation" class="main-navigation">{MENU}</nav></header><div id="content"><div id="primary" class="content-area"><main id="main" class="site-main">
<article id="post-81" class="post-81 post type-post category-advertising tag-comments hentry"><header class="entry-header"><h1 class="entry-title">{p.title}</h1>
<div class="entry-meta"><span class="posted-on">Posted on <time>4 May 2031</time></span> <span class="byline">by <a href="/a">{p.name()}</a></span></div></header>
<div class="entry-content">{p.ps(4)}<h2>{p.headline()}</h2>{p.ps(2)}
<figure class="wp-caption"><img src="a.jpg"><figcaption class="wp-caption-text">{p.drop(p.headline())}</figcaption></figure>{p.ps(2)}
<div class="sharedaddy sd-sharing"><h3>Share this:</h3><ul><li><a href="#">Click to share on Facer</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><p><a href="/b">{p.drop(p.headline())}</a></p></div></div></article>
<nav class="post-navigation"><a href="/p" rel="prev">{p.drop(p.headline())}</a></nav>
<div id="comments" class="comments-area"><h2>2 thoughts</h2><ol class="comment-list"><li><div class="comment-content"><p>{p.drop(p.sentence())}</p></div></li>
<li><div class="comment-content"><p>{p.drop(p.sentence())}</p></div></li></ol></div></main></div>
<aside id="secondary" class="widget-area"><section class="widget widget_text"><h2>About</h2><div class="textwidget"><p>{p.drop(p.sentence())}</p></div></section></aside></div>
<footer id="colophon" class="site-footer"><p>{p.drop("Proudly published by the Quay Society since 1902.")}</p></footer></div></body>"""


def gutenberg(p):
    return f"""<body><div class="wp-site-blocks"><header class="wp-block-template-part"><div class="wp-block-group"><p class="wp-block-site-title"><a href="/">Tide</a></p>
<nav class="wp-block-navigation">{MENU}</nav></div></header><main class="wp-block-group"><div class="wp-block-group has-global-padding"><h1 class="wp-block-post-title">{p.title}</h1>
<div class="entry-content wp-block-post-content is-layout-constrained"><p class="has-drop-cap">{p.keep(p.paragraph())}</p>
<div class="wp-block-columns"><div class="wp-block-column">{p.ps(2)}</div><div class="wp-block-column">{p.ps(1)}</div></div>
<figure class="wp-block-gallery"><figure class="wp-block-image"><img src="a"><figcaption>{p.drop(p.headline())}</figcaption></figure></figure>
<div class="wp-block-media-text"><div class="wp-block-media-text__content"><p>{p.keep(p.paragraph())}</p></div></div>
<blockquote class="wp-block-quote"><p>{p.keep(p.sentence())}</p></blockquote>{p.ps(2)}
<div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link">Book a berth now</a></div></div></div></div>
<div class="wp-block-query"><ul class="wp-block-post-template"><li><h3 class="wp-block-post-title"><a href="/1">{p.drop(p.headline())}</a></h3><div class="wp-block-post-excerpt"><p>{p.drop(p.sentence())}</p></div></li>
<li><h3 class="wp-block-post-title"><a href="/2">{p.drop(p.headline())}</a></h3><div class="wp-block-post-excerpt"><p>{p.drop(p.sentence())}</p></div></li></ul></div></main>
<footer class="wp-block-template-part"><p>{p.drop("Tide is written by three people on an island.")}</p></footer></div></body>"""


def elementor(p):
    widget = lambda inner, kind="text-editor": f'<div class="elementor-element elementor-widget elementor-widget-{kind}"><div class="elementor-widget-container">{inner}</div></div>'
    return f"""<body class="elementor-default elementor-page"><div data-elementor-type="header" class="elementor elementor-location-header">{widget("<nav>" + MENU + "</nav>", "nav-menu")}</div>
<div class="elementor elementor-location-single"><section class="elementor-section elementor-top-section"><div class="elementor-container"><div class="elementor-column"><div class="elementor-widget-wrap">
{widget(f"<h1 class=elementor-heading-title>{p.title}</h1>", "heading")}{widget(f"<p>{p.keep(p.paragraph())}</p>")}{widget(f"<p>{p.keep(p.sentence())}</p>")}
{widget(f"<h2 class=elementor-heading-title>{p.headline()}</h2>", "heading")}{widget(p.ps(3))}{widget(f"<p>{p.keep(p.sentence())}</p>")}</div></div></div></section></div>
<div class="elementor elementor-location-footer"><footer>{widget(f"<p>{p.drop('Write to us at the old lighthouse, we answer on Mondays.')}</p>")}</footer></div></body>"""


def divi(p):
    return f"""<body class="et_pb_pagebuilder_layout"><header id="main-header"><nav id="top-menu-nav">{MENU}</nav></header><div id="et-main-area"><div id="main-content">
<article><div class="entry-content"><div class="et_pb_section"><div class="et_pb_row"><div class="et_pb_column"><div class="et_pb_module et_pb_text et_pb_promo"><div class="et_pb_text_inner"><h1>{p.title}</h1>{p.ps(3)}</div></div></div></div></div>
<div class="et_pb_section"><div class="et_pb_row"><div class="et_pb_column"><div class="et_pb_module et_pb_blurb sidebar-left"><div class="et_pb_blurb_content"><h4>{p.headline()}</h4><div class="et_pb_blurb_description"><p>{p.keep(p.paragraph())}</p></div></div></div></div></div></div></div></article>
<div class="et_pb_newsletter"><h2>Stay in touch</h2><p>{p.drop("One letter a month, and never more than that.")}</p><form><input><button>Send</button></form></div></div>
<footer id="main-footer"><div id="footer-info">{p.drop("Designed by a friend of the house")}</div></footer></div></body>"""


def blogger(p):
    return f"""<body><div class="header-outer"><div class="header section" id="header"><h1 class="title"><a href="/">{p.drop("Nets and knots")}</a></h1></div></div><div class="main-outer"><div class="column-center-outer"><div class="main section" id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed">
<div class="date-outer"><h2 class="date-header"><span>Monday, 5 May 2031</span></h2><div class="date-posts"><div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title"><a href="/2031/05/x.html">{p.title}</a></h3>
<div class="post-body entry-content">{p.brs(5)}</div><div class="post-footer"><span class="post-author vcard">Posted by {p.name()}</span><div class="post-share-buttons"><a href="#">Email This</a></div></div></div></div></div></div></div>
<div class="comments" id="comments"><h4>1 comment:</h4><dl><dd class="comment-body"><p>{p.drop(p.sentence())}</p></dd></dl></div></div></div></div>
<div class="column-right-outer"><div class="sidebar section"><div class="widget PopularPosts"><h2>Popular Posts</h2><ul><li><div class="item-title"><a href="/q">{p.drop(p.headline())}</a></div><div class="item-snippet">{p.drop(p.sentence())}</div></li></ul></div></div></div></div></body>"""


def drupal(p):
    return f"""<body class="path-node page-node-type-article"><div class="layout-container"><header role="banner"><div class="region region-primary-menu"><nav role="navigation" id="block-main-menu">{MENU}</nav></div></header>
<main role="main"><a id="main-content" tabindex="-1"></a><div class="layout-content"><div class="region region-content"><div id="block-page-title" class="block"><h1>{p.title}</h1></div><div class="block block-system-main-block">
<article role="article" class="node node--type-article"><div class="node__meta"><article class="profile"></article><span>Submitted by {p.name()} on 4 May 2031</span></div><div class="node__content">
<div class="field field--name-field-lead field--type-text-long"><p>{p.keep(p.sentence())}</p></div><div class="clearfix text-formatted field field--name-body">{p.ps(5)}</div>
<div class="field field--name-field-tags"><div class="field__label">Tags</div><div class="field__item"><a href="/t">harbours</a></div></div></div></article></div></div></div>
<aside class="layout-sidebar-second" role="complementary"><div class="block"><h2>Who we are</h2><p>{p.drop(p.sentence())}</p></div></aside></main>
<footer role="contentinfo"><p>{p.drop("The association is registered at Tollmere under number 7718.")}</p></footer></div></body>"""


def ghost(p):
    return f"""<body class="post-template"><div class="viewport"><header class="gh-head"><nav class="gh-head-menu">{MENU}</nav></header><main class="site-main"><article class="gh-article post">
<header class="gh-article-header gh-canvas"><a class="gh-article-tag" href="/t">Essays</a><h1 class="gh-article-title">{p.title}</h1><p class="gh-article-excerpt">{p.keep(p.sentence())}</p></header>
<section class="gh-content gh-canvas">{p.ps(3)}<figure class="kg-card kg-image-card kg-card-hascaption"><img><figcaption>{p.drop(p.headline())}</figcaption></figure>
<div class="kg-card kg-callout-card"><div class="kg-callout-text">{p.keep(p.sentence())}</div></div>{p.ps(2)}<div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4>{p.headline()}</h4></div><div class="kg-toggle-content"><p>{p.keep(p.paragraph())}</p></div></div></section></article>
<section class="gh-subscribe"><h3>Sign up for more</h3><p>{p.drop("Letters from the pier, twice a month, for members of the house.")}</p></section>
<aside class="read-more-wrap"><div class="read-more"><article class="post-card"><h2 class="post-card-title"><a href="/a">{p.drop(p.headline())}</a></h2><div class="post-card-excerpt">{p.drop(p.sentence())}</div></article></div></aside></main></div></body>"""


def medium(p):
    g = lambda text: f'<p id="a1b2" class="pw-post-body-paragraph lm ln fs lo b">{text}</p>'
    return f"""<body><div id="root"><div class="a b c"><div class="m n"><a href="/app">Open in app</a><a href="/signup">Sign up</a></div><article><div class="l"><div class="l"><div class="ch bh fg"><h1 class="pw-post-title">{p.title}</h1>
<div class="speechify"><a href="/u">{p.name()}</a><span>Follow</span><span>6 min read</span><div>Listen</div><div>Share</div></div>{"".join(g(p.keep(p.paragraph())) for _ in range(6))}
<figure class="paragraph-image"><img><figcaption class="nl ff">{p.drop(p.headline())}</figcaption></figure>{"".join(g(p.keep(p.paragraph())) for _ in range(3))}</div></div></div></article>
<div class="footer-x"><h2>Written by {p.name()}</h2><p>{p.drop("Notes on boats, and on people who mend them.")}</p></div><div class="recommended"><h2>More from the author</h2>
<article><a href="/1"><h2>{p.drop(p.headline())}</h2><div><h3>{p.drop(p.sentence())}</h3></div></a></article><article><a href="/2"><h2>{p.drop(p.headline())}</h2><div><h3>{p.drop(p.sentence())}</h3></div></a></article></div></div></div></body>"""


def squarespace(p):
    block = lambda inner: f'<div class="sqs-block html-block sqs-block-html"><div class="sqs-block-content"><div class="sqs-html-content">{inner}</div></div></div>'
    return f"""<body><div class="Header Header--top"><nav class="Header-nav">{MENU}</nav></div><main class="Main Main--blog-item"><section class="Main-content"><article class="BlogItem hentry"><h1 class="BlogItem-title">{p.title}</h1>
<div class="sqs-layout">{block(p.ps(2))}<div class="sqs-block image-block"><div class="image-caption-wrapper"><div class="image-caption"><p>{p.drop(p.headline())}</p></div></div></div>{block(p.ps(3))}{block(f'<p class="sqsrte-small">{p.keep(p.paragraph())}</p>')}
<div class="sqs-block newsletter-block"><div class="newsletter-form-header"><h2>Subscribe</h2><p>{p.drop("We respect your privacy and the quiet of your mornings.")}</p></div></div></div></article><nav class="BlogItem-pagination"><a href="/n">{p.drop(p.headline())}</a></nav></section></main><footer class="Footer">{block(f"<p>{p.drop('12 Slip Lane, open from Tuesday to Saturday')}</p>")}</footer></body>"""


def wix(p):
    text = lambda inner, tag="p": f'<div class="comp-k{p.number()} wixui-rich-text" data-testid="richTextElement"><{tag} class="font_8">{inner}</{tag}></div>'
    return f"""<body><div id="SITE_CONTAINER"><div id="SITE_HEADER" data-testid="header-container"><nav>{MENU}</nav></div><main id="PAGES_CONTAINER"><div id="SITE_PAGES"><section><div data-mesh-id="a">{text(p.title, "h1")}
{"".join(text(p.keep(p.paragraph())) for _ in range(4))}{text(p.headline(), "h2")}{"".join(text(p.keep(p.paragraph())) for _ in range(2))}</div></section></div></main>
<footer id="SITE_FOOTER">{text(p.drop("Made with care by the workshop on the hill."))}</footer></div><div role="dialog" aria-label="cookie"><p>{p.drop("We store a few crumbs on your device to count visits.")}</p></div></body>"""


def news_paywall(p):
    return f"""<body><div class="o-header"><nav>{MENU}</nav></div><div class="cookie-banner" id="cmp"><p>{p.drop("We and our 212 partners store and access information on a device.")}</p><button>Accept</button></div>
<main><div class="article-wrapper steady-paywall-container" data-testid="paywall"><h1>{p.title}</h1><p class="standfirst">{p.keep(p.sentence())}</p><div class="meta"><span class="author">By {p.name()}</span></div><div class="article__body paywall-content">{p.ps(4)}
<div class="ad-slot"><span>Advertisement</span><p>{p.drop("Winter tyres at half the price, only this week at Holm's.")}</p></div>{p.ps(3)}</div>
<div class="paywall-offer"><h2>Keep reading for one crown</h2><p>{p.drop("Subscribers read all articles and the archive since 1902.")}</p><a href="/buy">Choose your plan</a></div></div>
<section class="related-stories"><h2>More on this</h2><ul><li><a href="/1">{p.drop(p.headline())}</a></li><li><a href="/2">{p.drop(p.headline())}</a></li></ul></section></main><footer><p>{p.drop("The Tollmere Post is a member of the press council.")}</p></footer></body>"""


def news_live(p):
    entry = lambda: f'<div class="live-match-comment"><div class="live-match-comment-head"><span class="live-match-comment-time">{p.number()}\'</span></div><div class="live-match-comment-body"><p>{p.keep(p.paragraph())}</p></div></div>'
    return f"""<body><header class="top"><nav>{MENU}</nav></header><main><h1>{p.title}</h1><div class="live-ticker widget-live">{"".join(entry() for _ in range(8))}</div></main>
<aside class="rail"><h3>Most read</h3><ol><li><a href="/1">{p.drop(p.headline())}</a></li><li><a href="/2">{p.drop(p.headline())}</a></li></ol></aside><footer>{p.drop("All times are local to the ground.")}</footer></body>"""


def news_gallery(p):
    slide = lambda: f'<div class="gallery-slide"><img src="s.jpg"><div class="item-caption"><p>{p.keep(p.paragraph(3, 5))}</p></div></div>'
    return f"""<body><nav>{MENU}</nav><main><article class="gallery"><h1>{p.title}</h1><p class="gallery-intro">{p.keep(p.paragraph())}</p>{"".join(slide() for _ in range(6))}</article></main><div class="footer"><p>{p.drop("Pictures may be bought at the counter of the paper.")}</p></div></body>"""


def forum(p):
    post = lambda: f'<div class="post"><div class="post-author"><a href="/u">{p.name()}</a><br>Posts: {p.number()}</div><div class="post-body"><div class="content">{p.keep(p.paragraph())}<br><br>{p.keep(p.paragraph())}</div><div class="signature">{p.drop("-- fair winds, " + p.name())}</div></div></div>'
    return f"""<body><div id="nav-breadcrumbs"><a href="/">Board index</a> » <a href="/b">Boats</a></div><h2 class="topic-title"><a href="/t">{p.title}</a></h2><div class="action-bar"><a href="/r">Post Reply</a></div>{"".join(post() for _ in range(4))}<div id="page-footer"><p>{p.drop("Powered by a small program of our own.")}</p></div></body>"""


def docs(p):
    return f"""<body><div class="navbar"><a href="/">Tidelib</a></div><div class="container"><div class="sidebar"><div class="toc"><ul><li><a href="#a">Install</a></li><li><a href="#b">First steps</a></li><li><a href="#c">Errors</a></li></ul></div></div><div class="document" role="main"><h1>{p.title}<a class="headerlink" href="#x">¶</a></h1>
{p.ps(2)}<div class="highlight"><pre><span>let</span> tide = Tide::read(<span>"a.csv"</span>)?;
{p.drop("println!(&quot;{}&quot;, tide.level());")}</pre></div><p>{p.keep(p.paragraph())}</p><div class="admonition note"><p class="admonition-title">Note</p><p>{p.keep(p.sentence())}</p></div><h2 id="menu-options">{p.headline()}</h2><dl><dt><code>height</code></dt><dd><p>{p.keep(p.sentence())}</p></dd></dl></div></div>
<div class="related" role="navigation"><a href="/n">next</a> <a href="/p">previous</a></div><footer>{p.drop("Built with the fourth version of the builder.")}</footer></body>"""


def press_release(p):
    return f"""<body><div id="header"><a href="#content" class="skip-link">Skip to content</a>{MENU}</div><div id="content"><div class="breadcrumb"><a href="/">Ministry</a> / <a href="/p">Press</a></div><h1>{p.title}</h1><p class="date">Tollmere, 4 May 2031</p>
<p><strong>{p.keep(p.sentence())}</strong></p>{p.ps(4)}<ul>{"".join(f"<li>{p.keep(p.sentence())}</li>" for _ in range(3))}</ul>{p.ps(1)}
<div class="contact-box"><h2>Contact</h2><p>Press office<br>14 Quay Street<br>Tollmere</p></div></div><div id="footer"><p>{p.drop("This site is run by the Ministry of Fords and Ferries.")}</p></div></body>"""


def wiki(p):
    ref = lambda n: f'<sup id="cite_ref-{n}" class="reference"><a href="#cite_note-{n}">[{n}]</a></sup>'
    s = [p.keep(p.sentence()) for _ in range(6)]
    return f"""<body class="mediawiki skin-vector"><div id="mw-page-base"></div><div id="content" class="mw-body" role="main"><h1 id="firstHeading">{p.title}</h1><div id="bodyContent"><div id="siteSub">{p.drop("From the free book of harbours")}</div><div id="mw-content-text"><div class="mw-parser-output">
<table class="infobox"><tbody><tr><th>Opened</th><td>1871</td></tr></tbody></table><p>{s[0]}{ref(1)}</p><p>{s[1]}{ref(2)}</p><div id="toc" class="toc"><h2>Contents</h2><ul><li><a href="#H">1 History</a></li><li><a href="#U">2 Use</a></li></ul></div>
<h2><span class="mw-headline" id="History">History</span><span class="mw-editsection">[<a href="/e">edit</a>]</span></h2><p>{s[2]}</p><p>{s[3]}</p><div class="thumb"><div class="thumbcaption">{p.drop(p.headline())}</div></div><h2><span class="mw-headline">Use</span></h2><p>{s[4]}</p><p>{s[5]}</p>
<div class="navbox"><a href="/1">Harbours of the north coast</a> · <a href="/2">Harbours of the south</a></div></div></div><div id="catlinks"><a href="/c">Category: Harbours</a></div></div></div><div id="mw-navigation"><div id="mw-panel"><ul><li><a href="/r">Random page</a></li></ul></div></div><div id="footer"><ul><li>{p.drop("This page was last changed on 4 May 2031, at noon.")}</li></ul></div></body>"""


def faq(p):
    item = lambda: f"<details class='faq'><summary>Who {p.word()} it?</summary><p>{p.keep(p.paragraph())}</p></details>"
    return f"""<body><header><nav>{MENU}</nav></header><main><h1>{p.title}</h1>{"".join(item() for _ in range(5))}</main><footer><p>{p.drop("Questions that are not here go to the front desk.")}</p></footer></body>"""


def gdocs(p):
    return f"""<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style>.c1{{color:#000}}</style></head><body class="c4 doc-content"><p class="c0"><span class="c3">{p.title}</span></p>{"".join(f'<p class="c0 c2"><span class="c1"></span></p><p class="c0"><span class="c1">{p.keep(p.paragraph())}</span></p>' for _ in range(6))}</body></html>"""


def tables_1997(p):
    return f"""<BODY BGCOLOR=#FFFFFF><TABLE WIDTH=100%><TR><TD COLSPAN=2><CENTER><FONT SIZE=+3>The Ferry Page</FONT></CENTER></TD></TR><TR><TD WIDTH=120 VALIGN=top><A HREF=a.html>Home</A><BR><A HREF=b.html>Boats</A><BR><A HREF=c.html>Guestbook</A></TD><TD><FONT FACE=Arial><B>{p.title}</B><P>{p.keep(p.paragraph())}<P>{p.keep(p.paragraph())}
<BR><BR>{p.keep(p.paragraph())}<BR>&nbsp;<BR>{p.keep(p.paragraph())}</FONT></TD></TR><TR><TD COLSPAN=2><HR><FONT SIZE=-1>{p.drop("You are visitor number 10,233 since June 1997")}</FONT></TD></TR></TABLE></BODY>"""


def spanish_news(p):
    return f"""<html lang="es"><body><header class="cabecera"><nav class="menu-principal"><a href="/">Portada</a><a href="/d">Deportes</a></nav></header><main><article class="noticia"><h1 class="titular">{p.title}</h1><h2 class="entradilla">{p.keep(p.sentence())}</h2><div class="cuerpo-noticia">{p.ps(5)}
<div class="noticias-relacionadas"><h3>Te puede interesar</h3><a href="/1">{p.drop(p.headline())}</a><a href="/2">{p.drop(p.headline())}</a></div>{p.ps(1)}</div></article></main><div class="aviso-cookies"><p>{p.drop("Usamos cookies propias y de terceros para medir el uso.")}</p><button>Aceptar</button></div><footer class="pie"><p>{p.drop("Prohibida la reproducción de los contenidos.")}</p></footer></body></html>"""


def german_news(p):
    return f"""<html lang="de"><body><header class="kopf"><nav><a href="/">Start</a><a href="/p">Politik</a></nav></header><main><article><header><span class="dachzeile">Hafen</span><h1>{p.title}</h1><p class="vorspann">{p.keep(p.sentence())}</p></header><div class="artikel-text">{p.ps(3)}
<aside class="infobox"><h3>Mehr zum Thema</h3><ul><li><a href="/1">{p.drop(p.headline())}</a></li></ul></aside>{p.ps(3)}</div></article><section class="kommentare"><h2>Kommentare</h2><div class="kommentar"><p>{p.drop(p.sentence())}</p></div><div class="kommentar"><p>{p.drop(p.sentence())}</p></div></section></main>
<div class="newsletter-anmeldung"><p>{p.drop("Jeden Morgen das Wichtigste vom Wasser in Ihrem Postfach.")}</p></div><footer><p>{p.drop("Impressum und Datenschutz der Küstenpost")}</p></footer></body></html>"""


def japanese_blog(p):
    return f"""<html lang="ja"><body><div id="globalheader"><a href="/">ブログ開設</a></div><div id="container"><div id="content"><div id="main"><article class="entry"><header class="entry-header"><h1 class="entry-title"><a href="/e">{p.title}</a></h1></header><div class="entry-content">{p.ps(6)}</div>
<footer class="entry-footer"><span class="author">kaji</span><div class="social-buttons">共有</div></footer></article></div><aside id="box2"><div class="hatena-module"><div class="hatena-module-title">最新記事</div><ul><li><a href="/1">{p.drop(p.headline())}</a></li><li><a href="/2">{p.drop(p.headline())}</a></li></ul></div></aside></div></div><footer id="footer">{p.drop("引用をストックしました")}</footer></body></html>"""


def short_post(p):
    return f"""<body><h1><a href="/">{p.name()}'s notebook</a></h1><div class="post"><h2><a href="/p" rel="bookmark">{p.title}</a></h2><div class="postentry"><p>{p.keep(p.sentence())}</p></div></div></body>"""


def linked_paragraphs(p):
    linked = lambda: f'<div class="markup"><p><a href="/x"><strong>{p.keep(p.paragraph(2, 2))}</strong></a></p></div>'
    return f"""<body><nav>{MENU}</nav><article><h1>{p.title}</h1>{p.ps(2)}{linked()}{p.ps(1)}{linked()}{p.ps(1)}<div class="read"><p><a href="/r">{p.drop(p.headline())}</a></p></div></article><aside><ul><li><a href="/1">{p.drop(p.headline())}</a></li></ul></aside></body>"""


def pre_letter(p):
    import textwrap
    wrap = lambda text: "\n".join(textwrap.wrap(text, 68))
    return f"<html><head><title>{p.title}</title></head><body><pre>\n{p.title}\n\n" + "\n\n".join(wrap(p.keep(p.paragraph())) for _ in range(5)) + "\n</pre></body></html>"


def json_ld_only(p):
    import json
    body = "\n\n".join(p.keep(p.paragraph()) for _ in range(5))
    data = json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Quay"}, {"@type": "NewsArticle", "headline": p.title, "articleBody": body}]})
    return f"""<html><head><title>{p.title}</title><script type="application/ld+json">{data}</script></head><body><div id="app"></div><nav>{MENU}</nav></body></html>"""


def noscript_only(p):
    return f"""<body><div id="root"></div><noscript><article><h1>{p.title}</h1>{p.ps(5)}</article></noscript><script>boot()</script></body>"""


def badge_first(p):
    return f"""<body><main><article class="has-paywall post"><h1>{p.title}</h1><div class="entry__content membership"><a href="/abo" class="entry__badge">{p.drop("Only for members of the club")}</a>{p.ps(5)}</div></article></main></body>"""


def two_articles(p):
    return f"""<body><main><article class="teaser_287866">{p.ps(3)}</article><article class="content">{p.ps(3)}</article></main><footer>{p.drop("Printed on paper from the mill at Aske.")}</footer></body>"""


def interview(p):
    turn = lambda: f"<p><strong>{p.keep('And what did you see from there in the winter of ' + str(p.number()) + '?')}</strong></p><p>{p.keep(p.paragraph())}</p>"
    return f"""<body><div id="nav">{MENU}</div><div class="story-body"><h1>{p.title}</h1><div class="author-info intro"><p>{p.keep(p.paragraph(3, 4))}</p></div>{"".join(turn() for _ in range(4))}<div class="author-bio"><p>{p.drop(p.name() + " is a reporter at the coast desk.")}</p></div></div></body>"""


def recipe(p):
    return f"""<body><nav>{MENU}</nav><main><h1>{p.title}</h1>{p.ps(2)}<div class="recipe-card"><h2>Method</h2><ol>{"".join(f"<li>{p.keep(p.sentence())}</li>" for _ in range(4))}</ol></div>{p.ps(1)}<div class="rating"><span>4.6 stars</span></div><div class="comments-section"><p>{p.drop(p.sentence())}</p></div></main><footer><a href="/i">Imprint</a></footer></body>"""


PAGES = [wordpress_classic, gutenberg, elementor, divi, blogger, drupal, ghost, medium, squarespace, wix, news_paywall, news_live, news_gallery, forum, docs, press_release, wiki, faq,
         gdocs, tables_1997, (spanish_news, "es"), (german_news, "de"), (japanese_blog, "ja"), short_post, linked_paragraphs, pre_letter, json_ld_only, noscript_only, badge_first, two_articles, interview, recipe]
