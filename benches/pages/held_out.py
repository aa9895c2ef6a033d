"""Pages that nobody tuned the reader on."""

from page import Page

LINKS = '<a href="/a">Start</a> <a href="/b">Topics</a> <a href="/c">Shop</a>'


def typo3(p: Page):
    return f"""<body id="p38" class="pagelevel-2 layout-default"><div id="top"></div><div class="navbar-main">{LINKS}</div><div class="body-bg"><div class="frame frame-default frame-type-header"><header><h1>{p.title}</h1></header></div>
<div class="frame frame-type-textpic"><div class="frame-container"><div class="ce-textpic ce-left"><div class="ce-gallery"><figure class="image"><img><figcaption class="image-caption">{p.drop(p.headline())}</figcaption></figure></div><div class="ce-bodytext">{p.ps(4)}</div></div></div></div>
<div class="frame frame-type-text"><div class="ce-bodytext">{p.ps(2)}</div></div></div><footer class="page-footer"><p>{p.drop("Gemeinde Aske, Rathausplatz 1, open on weekdays.")}</p></footer></body>"""


def joomla(p):
    return f"""<body class="site com_content view-article"><div class="moduletable_menu"><ul class="nav menu">{LINKS}</ul></div><div class="item-page" itemscope itemtype="https://schema.org/Article"><div class="page-header"><h2 itemprop="headline"><a href="/x">{p.title}</a></h2></div>
<dl class="article-info muted"><dd class="createdby">Written by {p.name()}</dd></dl><div itemprop="articleBody">{p.ps(5)}</div><ul class="pager pagenav"><li><a href="/p">{p.drop(p.headline())}</a></li></ul></div><div class="well"><h3>Latest</h3><ul class="latestnews"><li><a href="/1">{p.drop(p.headline())}</a></li></ul></div></body>"""


def substack(p):
    return f"""<body class="reader"><div class="main-menu">{LINKS}<button>Subscribe</button></div><article class="newsletter-post post"><div class="post-header"><h1 class="post-title published">{p.title}</h1><h3 class="subtitle">{p.headline()}</h3></div>
<div class="available-content"><div class="body markup">{p.ps(3)}<div class="subscription-widget-wrap"><div class="subscription-widget"><p>{p.drop("This letter is paid for by its readers.")}</p><form><input type="email"><input type="submit"></form></div></div>{p.ps(3)}<blockquote><p>{p.keep(p.sentence())}</p></blockquote></div></div></article>
<div class="comments-page"><div class="comment"><div class="comment-body"><p>{p.drop(p.sentence())}</p></div><a>Reply</a></div></div></body>"""


def hugo(p):
    return f"""<body class="bg-near-white"><header class="cover"><nav>{LINKS}</nav></header><main class="pb7"><article class="flex-l"><h1 class="f1">{p.title}</h1><time>May 4, 2031</time><section class="nested-links mid-gray">{p.ps(3)}<h2 id="comments-on-it">{p.headline()}</h2>{p.ps(3)}<ul>{"".join(f"<li>{p.keep(p.sentence())}</li>" for _ in range(3))}</ul></section></article></main><footer class="bg-black">{p.drop("Nets and knots, all words are mine")}</footer></body>"""


def notion(p):
    return f"""<body><article id="11ab" class="page sans"><header><h1 class="page-title">{p.title}</h1></header><div class="page-body">{"".join(f'<p id="x{n}" class="">{p.keep(p.paragraph())}</p>' for n in range(3))}<ul class="toggle"><li><details open=""><summary>{p.headline()}</summary><p>{p.keep(p.paragraph())}</p></details></li></ul><figure class="callout"><div><span class="icon">!</span></div><div style="width:100%">{p.keep(p.paragraph())}</div></figure></div></article></body>"""


def webflow(p):
    return f"""<body><div class="navbar w-nav" role="banner"><nav class="nav-menu w-nav-menu">{LINKS}</nav></div><div class="section hero"><div class="w-container"><h1>{p.title}</h1><p class="hero-sub">{p.keep(p.sentence())}</p></div></div><div class="section"><div class="w-richtext">{p.ps(5)}</div></div>
<div class="section cta-section"><h2>Ready to sail?</h2><a class="w-button">Call us</a></div><div class="footer-wrapper"><p>{p.drop("Hand-made on the coast with patience and tar.")}</p></div></body>"""


def hashed_classes(p):
    para = lambda: f'<div data-component="text-block" class="ssrcss-7uxr49-RichTextContainer e5tfeyi1"><p class="ssrcss-1q0x1qg-Paragraph e1jhz7w10">{p.keep(p.paragraph())}</p></div>'
    return f"""<body><div id="root"><header class="ssrcss-x"><nav class="ssrcss-Nav">{LINKS}</nav></header><main id="main-content"><article class="ssrcss-1ocoo3l-Wrap"><h1 class="ssrcss-Heading">{p.title}</h1>{para()}{para()}<figure data-component="image-block"><figcaption class="ssrcss-Caption">{p.drop(p.headline())}</figcaption></figure>{para()}{para()}
<div data-component="links-block"><h2>Related topics</h2><ul><li><a href="/1">{p.drop(p.headline())}</a></li><li><a href="/2">{p.drop(p.headline())}</a></li></ul></div></article><section data-component="topic-list"><h2>Top stories</h2><ul><li><a href="/3"><span>{p.drop(p.headline())}</span></a></li></ul></section></main></div></body>"""


def live_blog(p):
    entry = lambda: f'<article class="block liveblog-entry teaser-entry" id="block-{p.number()}"><p class="block-time"><time>1{p.number()}</time></p><h2 class="block-title">{p.headline()}</h2><div class="block-elements"><p>{p.keep(p.paragraph())}</p><p>{p.keep(p.paragraph())}</p></div></article>'
    return f"""<body><nav>{LINKS}</nav><main><h1>{p.title}</h1><div class="liveblog">{"".join(entry() for _ in range(5))}</div></main><footer><p>{p.drop("Times are those of the harbour clock.")}</p></footer></body>"""


def photo_essay(p):
    return f"""<body><header>{LINKS}</header><main><h1>{p.title}</h1>{"".join(f'<div class="photo"><img><div class="photo-caption caption-below"><p>{p.keep(p.paragraph(3, 4))}</p><span class="photo-credit">{p.drop("Photo: " + p.name())}</span></div></div>' for _ in range(5))}</main></body>"""


def phpbb(p):
    post = lambda: f'<div id="p{p.number()}" class="post has-profile bg2"><div class="inner"><dl class="postprofile"><dt><a href="/u" class="username">{p.name()}</a></dt><dd>Posts: {p.number()}</dd></dl><div class="postbody"><h3><a href="#p">Re: boats</a></h3><p class="author">by {p.name()}</p><div class="content">{p.keep(p.paragraph())}</div></div></div></div>'
    return f"""<body id="phpbb" class="section-viewtopic"><div id="wrap"><div class="navbar"><ul class="nav-main">{LINKS}</ul></div><div id="page-body"><h2 class="topic-title"><a href="/t">{p.title}</a></h2>{"".join(post() for _ in range(5))}</div><div class="copyright"><p>{p.drop("Run on a board that we wrote ourselves.")}</p></div></div></body>"""


def questions_and_answers(p):
    return f"""<body class="question-page"><header class="topbar">{LINKS}</header><div id="content"><div id="question-header"><h1><a href="/q" class="question-hyperlink">{p.title}</a></h1></div><div id="mainbar"><div class="question"><div class="s-prose js-post-body">{p.ps(2)}<pre><code>{p.drop("let level = tide.read();")}</code></pre></div></div>
<div id="answers"><div class="answer"><div class="s-prose js-post-body">{p.ps(3)}</div></div></div></div><div id="sidebar"><h4>Related</h4><div><a href="/1">{p.drop(p.headline())}</a></div></div></div></body>"""


def mkdocs(p):
    return f"""<body><header class="md-header"><nav class="md-header__inner">{LINKS}</nav></header><div class="md-container"><main class="md-main"><div class="md-sidebar md-sidebar--primary"><nav class="md-nav"><ul><li><a href="/i">Install</a></li></ul></nav></div><div class="md-content"><article class="md-content__inner md-typeset"><h1>{p.title}</h1>{p.ps(2)}<div class="admonition warning"><p class="admonition-title">Warning</p><p>{p.keep(p.sentence())}</p></div>
<div class="highlight"><pre><code>tide --level {p.drop("kell.csv --since 1902")}</code></pre></div>{p.ps(2)}</article></div></main></div><footer class="md-footer"><a href="/n">{p.drop("Next: reading the files")}</a></footer></body>"""


def government(p):
    return f"""<body class="govuk-template__body"><div id="global-cookie-message" role="region" aria-label="cookies"><p>{p.drop("We would like to set more cookies to learn how you use it.")}</p><button>Accept</button></div><header class="govuk-header" role="banner">{LINKS}</header><div class="govuk-width-container"><div class="gem-c-breadcrumbs"><a href="/">Home</a></div><main id="content"><h1>{p.title}</h1><p class="gem-c-lead-paragraph">{p.keep(p.sentence())}</p>
<div class="gem-c-govspeak govuk-govspeak"><div class="call-to-action"><p>{p.keep(p.sentence())}</p></div>{p.ps(4)}<div class="address"><p>Office of Fords<br>1 Ferry Lane<br>Aske</p></div></div></main></div><footer class="govuk-footer" role="contentinfo"><p>{p.drop("All content is free to use, except where stated.")}</p></footer></body>"""


def german_wiki(p):
    return f"""<body class="mediawiki"><div id="content" class="mw-body"><h1 id="firstHeading">{p.title}</h1><div class="mw-parser-output">{p.ps(2)}<div id="toc" class="toc"><h2>Inhaltsverzeichnis</h2><ul><li><a href="#G">Geschichte</a></li></ul></div><h2>Geschichte</h2>{p.ps(2)}<div class="thumb"><div class="thumbinner"><div class="thumbcaption">{p.drop(p.headline())}</div></div></div><ol class="references"><li><a href="#r">↑</a> Hafenblatt, 1902, S. 3</li></ol></div></div><div id="footer"><p>{p.drop("Der Text ist unter freier Lizenz verfügbar.")}</p></div></body>"""


def accordion(p):
    item = lambda: f'<div class="accordion-item"><h3 class="accordion-header"><button class="accordion-button collapsed" aria-expanded="false">Who {p.word()} it, and when?</button></h3><div class="accordion-collapse collapse"><div class="accordion-body"><p>{p.keep(p.paragraph())}</p></div></div></div>'
    return f"""<body><header><nav>{LINKS}</nav></header><main><h1>{p.title}</h1><p>{p.keep(p.paragraph())}</p><div class="accordion">{"".join(item() for _ in range(4))}</div></main><div class="modal" style="display:none"><p>{p.drop("You will be signed out in one minute.")}</p></div></body>"""


def word_filtered(p):
    return f"""<body lang=EN-GB><div class=WordSection1><p class=MsoTitle>{p.title}</p>{"".join(f"<p class=MsoNormal><span style='font-size:12.0pt'>{p.keep(p.paragraph())}<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>" for _ in range(5))}</div></body>"""


def fonts_1998(p):
    return f"""<BODY><CENTER><H1>{p.title}</H1></CENTER><HR><FONT SIZE=2>{p.keep(p.paragraph())}<P><FONT COLOR=navy>{p.keep(p.paragraph())}</FONT><P>{p.keep(p.paragraph())}<HR><CENTER><A HREF=i.html>Back</A> | <A HREF=m.html>Mail</A></CENTER></BODY>"""


def spanish_paper(p):
    return f"""<body><header class="site-header"><nav class="site-header-nav">{LINKS}</nav></header><main id="main-content"><article><header class="articulo-apertura"><h1>{p.title}</h1><h2 class="articulo-entradilla">{p.keep(p.sentence())}</h2></header><div class="articulo-cuerpo">{p.ps(3)}<aside class="ampliar"><h3>Más información</h3><ul><li><a href="/1">{p.drop(p.headline())}</a></li></ul></aside>{p.ps(3)}</div><div class="comentarios-lectores"><p>{p.drop(p.sentence())}</p></div></article></main><div class="publicidad"><p>{p.drop("Pinturas para barcos, ahora con descuento.")}</p></div></body>"""


def german_magazine(p):
    return f"""<body><div data-area="header"><nav>{LINKS}</nav></div><main><article><header><h2><span class="kicker">Küste</span><span>{p.title}</span></h2><div class="leading-loose">{p.keep(p.sentence())}</div></header><section class="relative"><div data-area="body"><div data-area="text" class="RichText">{p.ps(3)}</div><div data-area="related_articles"><h3>Mehr zum Thema</h3><a href="/1">{p.drop(p.headline())}</a></div><div data-area="text" class="RichText RichText--sans">{p.ps(3)}</div></div></section></article></main><footer><p>{p.drop("Alle Rechte beim Verlag an der Mole.")}</p></footer></body>"""


def japanese_news(p):
    return f"""<body><header><div class="ynMenu">{LINKS}</div></header><div id="contents"><main><article id="uamods"><header><h1>{p.title}</h1></header><div class="article_body highLightSearchTarget"><div><p>{"<br><br>".join(p.keep(p.paragraph()) for _ in range(4))}</p></div></div><section><h2>関連記事</h2><ul><li><a href="/1">{p.drop(p.headline())}</a></li></ul></section></article></main></div><footer><small>{p.drop("無断転載を禁じます、港新聞社")}</small></footer></body>"""


def french_paper(p):
    return f"""<body><div class="bandeau-cookies"><p>{p.drop("Nous gardons des cookies pour compter les visites.")}</p></div><nav class="menu">{LINKS}</nav><main><section class="article__wrapper"><h1 class="article__title">{p.title}</h1><p class="article__desc">{p.keep(p.sentence())}</p><article class="article__content">{p.ps(4)}<section class="catcher"><span>Lire aussi :</span> <a href="/1">{p.drop(p.headline())}</a></section>{p.ps(2)}</article></section></main></body>"""


def amp(p):
    return f"""<body><amp-sidebar id="s"><ul><li>{LINKS}</li></ul></amp-sidebar><article class="amp-wp-article"><header class="amp-wp-article-header"><h1>{p.title}</h1></header><div class="amp-wp-article-content">{p.ps(5)}<amp-ad></amp-ad></div><footer class="amp-wp-article-footer"><div class="amp-wp-meta amp-wp-comments-link"><a href="/c">Leave a Comment</a></div></footer></article><amp-user-notification><p>{p.drop("This place keeps a count of its visitors.")}</p></amp-user-notification></body>"""


def mail(p):
    return f"""<body><table width="100%"><tr><td align="center"><table width="600"><tr><td class="preheader">{p.drop("View this letter in your browser")}</td></tr><tr><td><h1>{p.title}</h1></td></tr><tr><td class="text-block">{p.ps(3)}</td></tr><tr><td class="text-block">{p.ps(2)}</td></tr><tr><td class="footer"><p>{p.drop("You get this because you wrote to us once.")} <a href="/u">Unsubscribe</a></p></td></tr></table></td></tr></table></body>"""


def judgment(p):
    return f"""<body><div id="menu">{LINKS}</div><div class="judgment"><h1>{p.title}</h1><ol class="paragraphs">{"".join(f'<li class="para"><p>{p.keep(p.paragraph())}<sup><a href="#fn{n}">[{n}]</a></sup></p></li>' for n in range(1, 6))}</ol></div><div id="foot"><p>{p.drop("Published by the registry without a fee.")}</p></div></body>"""


def linked_data_graph(p):
    import json

    body = " ".join(p.keep(p.paragraph()) for _ in range(4))
    data = json.dumps([{"@type": "BreadcrumbList"}, {"@type": ["Article", "NewsArticle"], "headline": p.title, "articleBody": body}])
    return f"""<html><head><title>{p.title}</title><script type="application/ld+json">{data}</script></head><body><div id="__next"><div class="spinner">Loading</div></div></body></html>"""


def script_template(p):
    return f"""<body><div id="app"></div><script type="text/x-template" id="a"><div class="post"><h1>{p.title}</h1>{p.ps(4)}</div></script><script>mount()</script></body>"""


def memo(p):
    import textwrap

    wrap = lambda text: "\n".join("   " + line for line in textwrap.wrap(text, 66))
    pages = [f"{n}.  Part\n\n" + "\n\n".join(wrap(p.keep(p.paragraph())) for _ in range(2)) + f"\n\n\n\nSund                        Memo                     [Page {n}]\n\f\nMEMO 9                     Boats                  May 2031\n\n" for n in range(1, 4)]
    return f"<body><pre>\n" + "\n".join(pages) + "</pre></body>"


def blog_index(p):
    post = lambda n: f'<div class="blogpost teaser"><h2 class="posttitle"><a href="/{n}">{p.headline()}</a></h2><div class="posttext"><p>{p.keep(p.paragraph())}</p><p>{p.keep(p.paragraph())}</p></div></div>'
    return f"""<body><div id="head"><h1><a href="/">{p.name()}'s log</a></h1></div><div id="posts">{"".join(post(n) for n in range(4))}</div><div id="side"><h3>Links</h3><ul><li><a href="/x">{p.drop(p.headline())}</a></li></ul></div></body>"""


def promo_words(p):
    return f"""<body><nav>{LINKS}</nav><div class="story promo-layout"><h1>{p.title}</h1><div class="story-share-body">{p.ps(2)}</div><div class="story-sponsor-text"><p>{p.keep(p.paragraph(2, 3))}</p></div><div class="sponsor-box"><p>{p.drop("Brought to you by Holm's ropes.")}</p></div><div class="story-share-body">{p.ps(2)}</div></div></body>"""


def short_news(p):
    return f"""<body><div class="nav">{LINKS}</div><div class="news-item"><h1>{p.title}</h1><p>{p.keep(p.paragraph(2, 2))}</p></div><div class="more-news"><p><a href="/1">{p.drop(p.headline())}</a></p><p><a href="/2">{p.drop(p.headline())}</a></p><p><a href="/3">{p.drop(p.headline())}</a></p></div><div class="newsletter-box"><p>{p.drop("Twice a week, the best of the coast in one letter.")}</p></div></body>"""


PAGES = [typo3, joomla, substack, hugo, notion, webflow, hashed_classes, live_blog, photo_essay, phpbb, questions_and_answers, mkdocs, government, (german_wiki, "de"), accordion, word_filtered,
         fonts_1998, (spanish_paper, "es"), (german_magazine, "de"), (japanese_news, "ja"), (french_paper, "fr"), amp, mail, judgment, linked_data_graph, script_template, memo, blog_index, promo_words, short_news]
