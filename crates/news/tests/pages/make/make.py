#!/usr/bin/env python3
"""Writes the pages: `seen.txt` and `held.txt` hold articles in a small notation, this file the furniture around them.

    python3 make.py            # writes ../seen and ../held: NAME.html and NAME.txt

Notation: `@ name template form encoding`, `# title`, `## subheading`, `- item`, `| cell | cell`, `! caption`, `> quote`,
`%R headline` (a link to another article in mid-text), `%A` (an advertisement there), a line that begins with ◆ ■ ▶ ◇ (a story of
its own). What is to be found is title, stories and their text; captions, links and advertisements are not.
"""
import hashlib
import html
import pathlib
import re

HERE = pathlib.Path(__file__).parent
esc = html.escape

RANK = ["유명 배우, 20년 만에 밝힌 은퇴 이유…\"그날 모든 것이 무너졌다\"", "아파트 한 채 값이 하루 만에 3억 뚝…무슨 일이", "\"이 음식 매일 먹었더니\" 의사도 놀란 변화",
        "지하철서 쓰러진 시민 살린 고교생 세 명", "로또 1등 당첨 번호 공개…1등 12명 17억씩", "중고차 살 때 꼭 봐야 할 다섯 가지", "주말 전국에 비…월요일부터 기온 뚝",
        "국가대표 주장 부상, 다음 달 경기 못 나온다", "40대 부부의 귀촌 일기 \"돈보다 시간\"", "내년 공휴일은 며칠? 달력 미리 보기"]
COMMENTS = ["기사 잘 봤습니다. 우리 동네는 언제쯤 좋아질까요. 장사하는 사람만 늘 힘드네요.", "이런 건 진작 했어야지요. 10년 전부터 나온 이야기입니다.",
            "저는 생각이 조금 다릅니다. 손님 처지에서는 값이 오른 것이 먼저 보여요.", "좋은 정보 감사합니다 ^^ 공유할게요.", "탁상행정이 따로 없다. 현장에 한 번이라도 나와 봤으면 한다."]
MENU = ["정치", "경제", "사회", "국제", "문화", "스포츠", "연예", "오피니언", "포토", "영상"]
EN_RANK = ["Ten winter walks within an hour of Seoul", "Actor returns to the stage after nine years away", "Why everybody is suddenly baking salt bread",
           "National team captain to miss December match", "The flat that nobody wanted sold in a day"]
EN_COMMENTS = ["Great read, thanks for sharing. My uncle has the same problem with his shop.", "I disagree with this. Prices were never that low in the first place.",
               "Does anybody know if this applies outside Seoul as well?"]


def pick(seed, pool, n):
    """n of a pool, the same for a name every time."""
    return sorted(pool, key=lambda x: hashlib.sha256((seed + x).encode()).hexdigest())[:n]


def links(items, tag="li"):
    return "".join(f'<{tag}><a href="/a/{i}.html">{esc(t)}</a></{tag}>' for i, t in enumerate(items))


def body(a, form, related, ad):
    """The article's blocks in one of the forms that sites have."""
    out, rows, items = [], [], []

    def para(t):
        e = esc(t, quote=False)
        return {"p": f"<p>{e}</p>\n", "br": f"{e}<br><br>\n", "brbr": f"&nbsp;{e}<br />\n<br />\n", "divp": f'<div class="txt">{e}</div>\n',
                "span": f'<p class="se-p"><span class="se-f" style="">{e}</span></p><p class="se-p"><span>\u200b</span></p>\n',
                "section": f'<section><p data-k="{len(e)}">{e}</p></section>\n', "pre": f"{e}\n\n", "rows": f"<div><div><span>{e}</span></div></div>\n",
                "table": f"<p>{e}</p>\n", "dl": f"<p>{e}</p>\n", "card": f"<p>{e.replace('. ', '.<br>', 1) if len(e) > 90 else e}</p>\n",
                "para": f"<p align=justify>{e}\n"}[form]

    def flush():
        if rows:
            cells = [f"<tr>{''.join((f'<th>{esc(c)}</th>' if i == 0 else f'<td>{esc(c)}</td>') for c in r)}</tr>" for i, r in enumerate(rows)]
            out.append(f'<table border="1"><tbody>{"".join(cells)}</tbody></table>\n')
            rows.clear()
        if items:
            if form == "dl":
                out.append("<dl>" + "".join(f"<dt>{esc(i.split(': ')[0])}</dt><dd>{esc(i.split(': ')[1])}</dd>" if ": " in i else f"<dd>{esc(i)}</dd>" for i in items) + "</dl>\n")
            elif form in ("brbr", "pre"):
                out.append("".join(f"○ {esc(i)}<br>\n" for i in items))
            else:
                out.append("<ul>" + "".join(f"<li>{esc(i)}</li>" for i in items) + "</ul>\n")
            items.clear()

    for line in a["lines"]:
        if not line.startswith("| "):
            if not line.startswith("- "):
                flush()
        if line.startswith("| "):
            rows.append(line[2:].split(" | "))
        elif line.startswith("- "):
            items.append(line[2:])
        elif line.startswith("! "):
            cap = esc(line[2:])
            out.append({"p": f'<figure><img src="/i/1.jpg" alt=""><figcaption>{cap}</figcaption></figure>\n', "br": f'<table class="img_tbl" align="center"><tr><td><img src="/i/2.jpg"></td></tr><tr><td class="caption">▲ {cap}</td></tr></table>\n',
                        "span": f'<div class="se-image"><img src="i.jpg"><p class="se-image-caption">{cap}</p></div>\n'}.get(form, f'<figure class="ph"><img src="/i/3.jpg"><figcaption class="ph-cap">{cap}</figcaption></figure>\n'))
        elif line.startswith("> "):
            out.append(f"<blockquote><p>{esc(line[2:])}</p></blockquote>\n")
        elif line.startswith("## "):
            out.append({"divp": f"<div class='txt'><strong>{esc(line[3:])}</strong></div>\n"}.get(form, f"<h3>{esc(line[3:])}</h3>\n"))
        elif line.startswith("%R "):
            out.append(related(line[3:]))
        elif line.startswith("%A"):
            out.append(ad)
        elif line[0] in "◆■▶◇":
            e = esc(line)
            out.append({"p": f"<p><strong>{e}</strong></p>\n", "br": f"<b>{e}</b><br>\n", "section": f"<section><h3>{e}</h3></section>\n"}.get(form, f"<div><b>{e}</b></div>\n"))
        else:
            out.append(para(line))
    flush()
    return "".join(out)


def head(a, lang, site, extra=""):
    return f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="{a["enc"]}"><title>{esc(a["title"])} - {site}</title>\n<meta property="og:title" content="{esc(a["title"])}"><meta property="og:site_name" content="{site}">{extra}\n<script>window.dl=window.dl||[];dl.push({{p:"article",t:"{a["name"]}"}});</script><style>.a{{color:#333}}</style></head>'


def aside(a, n=5):
    return f'<div class="ranking_news"><h3>많이 본 뉴스</h3><ol>{links(pick(a["name"], RANK, n))}</ol></div>'


def comments(a, en=False):
    pool = EN_COMMENTS if en else COMMENTS
    word = ("Comments", "Reply", "Like") if en else ("댓글", "답글", "공감")
    rows = "".join(f'<li class="cmt"><span class="nick">user{i}***</span><p>{esc(c)}</p><button>{word[1]}</button> <button>{word[2]} {i * 7}</button></li>' for i, c in enumerate(pick(a["name"] + "c", pool, 3)))
    return f'<div id="comments" class="comment_area"><h4>{word[0]} <em>3</em></h4><textarea placeholder="..."></textarea><ul>{rows}</ul></div>'


def portal(a, form):
    b = body(a, form, lambda t: f'<div class="link_news"><a href="#">[관련기사] {esc(t)}</a></div>', '<div class="ad_in"><iframe src="/ad"></iframe><a href="#">지금 가입하면 첫 달 무료! 사장님 전용 보험</a></div>')
    return head(a, "ko", "한빛일보") + f'''<body><div id="header"><h1><a href="/">한빛일보</a></h1><ul class="gnb">{links(MENU)}</ul><form><input type="text"><button>검색</button></form><a>로그인</a><a>회원가입</a></div>
<div id="container"><div class="art_head"><h2 class="art_title">{esc(a["title"])}</h2><div class="info"><span>입력 2026.11.26. 오전 9:12</span> <span>수정 2026.11.26. 오전 10:40</span> <span>김하늘 기자</span></div>
<div class="util"><button>가</button><button>가+</button><button>인쇄</button><ul class="sns"><li>페이스북</li><li>트위터</li><li>카카오톡</li><li>URL 복사</li></ul></div></div>
<div id="article_body" class="article_body">
{b}김하늘 기자 haneul@hanbit.example<br><br>
Copyright ⓒ 한빛일보. 무단전재 및 재배포, AI 학습 이용 금지<br>
</div>
<div class="promo"><a href="#">한빛일보 구독하고 주요 뉴스 바로 보기</a></div><div class="emotion"><ul><li>좋아요 <b>12</b></li><li>훈훈해요 <b>3</b></li><li>슬퍼요 <b>1</b></li><li>화나요 <b>7</b></li></ul></div>
<div class="related"><h3>이 기사와 함께 볼 기사</h3><ul>{links(pick(a["name"] + "r", RANK, 3))}</ul></div>{comments(a)}</div>
<div id="side">{aside(a, 7)}<div class="banner"><a href="#">분양 문의 지금 바로</a></div></div>
<div id="footer">제호 : 한빛일보 | 등록번호 : 서울 아00000 | 발행인 : 홍한빛 | 청소년보호책임자 : 김하늘<br>서울특별시 마포구 가상로 1 대표전화 02-0000-0000<br>한빛일보의 모든 콘텐츠는 저작권법의 보호를 받으며 무단 전재, 복사, 배포를 금합니다.</div></body></html>'''


def regional(a, form):
    b = body(a, form, lambda t: f'<p><a href="#"><strong>☞ {esc(t)}</strong></a></p>\n', "")
    return head(a, "ko", "마포타임즈", '<meta name="author" content="이도현">') + f'''<body class="sub"><nav><ul>{links(MENU[:6])}</ul></nav><main><section class="view"><header><h3 class="heading">{esc(a["title"])}</h3><ul class="infomation"><li>이도현 기자</li><li>승인 2026.11.25 17:30</li><li>댓글 0</li></ul></header>
<article id="article-view-content-div" class="article-veiw-body view-page font-size17">{b}<p>/이도현 기자 dohyun@mapotimes.example</p><p>저작권자 © 마포타임즈 무단전재 및 재배포 금지</p></article>
<ul class="tags"><li>#마포</li><li>#상권</li></ul><div class="view-editors"><strong>이도현 기자</strong><a href="#">다른기사 보기</a><p>동네 이야기를 씁니다.</p></div>
<div class="support"><p>마포타임즈는 독자 여러분의 후원으로 만들어집니다. 커피 한 잔 값으로 지역 언론을 지켜 주세요.</p><a>후원하기</a></div></section><aside>{aside(a)}<h4>인기기사</h4><ul>{links(pick(a["name"] + "s", RANK, 4))}</ul></aside></main><footer><p>서울시 마포구 가상로 22 | 인터넷신문 등록번호: 서울 아00001</p></footer></body></html>'''


def magazine(a, form):
    b = body(a, form, lambda t: f'<div class="txt rel"><a href="#">관련기사: {esc(t)}</a></div>\n', "")
    return head(a, "ko", "월간 장사") + f'''<body><div class="top"><a href="/">월간 장사</a> | <a>정기구독</a> | <a>지난호</a> | <a>장바구니</a></div><div class="wrap"><div class="left"><div class="category">이슈</div><div class="tit">{esc(a["title"])}</div><div class="by">글 <b>최보라</b> 편집위원 · 2026-11-26 · 조회 1,204</div><div class="content"><div class="view_con">{b}<div class="txt">최보라 편집위원 | bora@jangsa.example</div><div class="txt">※ 이 기사의 저작권은 월간 장사에 있습니다. 무단 전재와 복제를 금합니다.</div></div></div><div class="share">공유하기 <a>페이스북</a> <a>밴드</a> <a>카카오스토리</a></div><div class="prevnext"><a>이전글 사장님이 쉬는 법</a><a>다음글 메뉴판 다시 쓰기</a></div></div><div class="right">{aside(a, 4)}<form class="letter"><label>뉴스레터를 신청하시면 매주 화요일 아침에 보내 드립니다.</label><input><button>신청</button></form></div></div><div class="foot">(주)월간장사 사업자등록번호 000-00-00000 통신판매업신고 제2026-서울가상-0000호</div></body></html>'''


def oldtable(a, form):
    b = body(a, form, lambda t: f"<a href=#>▶ {esc(t)}</a><br>", "")
    return f'''<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><title>{esc(a["title"])} :: 새벽신문</title></head><body topmargin=0><center><table width=960 cellpadding=0><tr><td colspan=3><a href=/><img src=logo.gif></a> {" | ".join(f"<a href=/s{i}>{m}</a>" for i, m in enumerate(MENU))}</td></tr><tr valign=top><td width=160><table><tr><td><b>오늘의 인기기사</b></td></tr>{"".join(f"<tr><td>{i + 1}. <a href=/r{i}>{esc(t)}</a></td></tr>" for i, t in enumerate(pick(a["name"], RANK, 6)))}</table></td>
<td width=600><font size=5><b>{esc(a["title"])}</b></font><br><font size=2>기사입력 2026-11-26 08:31 | 최종수정 2026-11-26 09:02 &nbsp; <a href=javascript:p()>프린트</a> <a href=javascript:m()>메일</a> <a href=javascript:s()>스크랩</a></font><hr><div id=newsContent style="line-height:1.8">
{b}[새벽신문 정수민 기자]<br><br>&lt;저작권자 ⓒ 새벽신문, 무단 전재 및 재배포 금지&gt;</div><hr><b>[의견 쓰기]</b><br>{"".join(f"<table><tr><td>ID{i}** (2026-11-26)</td></tr><tr><td>{esc(c)}</td></tr></table>" for i, c in enumerate(pick(a["name"] + "c", COMMENTS, 2)))}</td><td width=200><a href=#>대출 상담 무료</a><br><a href=#>꽃배달 30% 할인</a></td></tr><tr><td colspan=3><font size=1>회사소개 | 광고안내 | 개인정보취급방침 | 이메일무단수집거부 | 고충처리<br>Copyright 새벽신문 All rights reserved.</font></td></tr></table></center></body></html>'''


def gov(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "가상구청") + f'''<body><div id="skip"><a href="#c">본문 바로가기</a><a href="#m">주메뉴 바로가기</a></div><div class="lang"><a>ENGLISH</a><a>中文</a></div><div id="gnb"><ul>{links(["종합민원", "구정소식", "분야별정보", "정보공개", "우리구소개"])}</ul></div><div id="lnb"><h2>구정소식</h2><ul>{links(["공지사항", "고시공고", "채용공고", "보도자료", "입찰정보"])}</ul></div><div id="c"><div class="location">홈 &gt; 구정소식 &gt; 공지사항</div><h3>공지사항</h3><table class="board_view"><caption>공지사항 상세보기</caption><tbody><tr><th>제목</th><td colspan="3">{esc(a["title"])}</td></tr><tr><th>담당부서</th><td>위생과</td><th>등록일</th><td>2026-11-25</td></tr><tr><th>전화번호</th><td>02-0000-1234</td><th>조회수</th><td>318</td></tr><tr><td colspan="4" class="content"><div class="bbs_con">{b}</div></td></tr><tr><th>첨부파일</th><td colspan="3"><a>붙임1. 신청서.hwp</a> [62KB] <a>바로보기</a></td></tr></tbody></table><div class="btn"><a>목록</a></div><div class="nuri"><p>본 저작물은 "공공누리" 제1유형: 출처표시 조건에 따라 이용할 수 있습니다.</p></div><div class="satisfy"><p>현재 페이지에서 제공되는 서비스에 만족하십니까?</p><label>매우만족</label><label>만족</label><label>보통</label><label>불만족</label><button>평가하기</button></div></div><div id="foot"><address>서울특별시 가상구 가상대로 100 (우편번호 00000)</address><p>Copyright (c) 가상구청. All rights reserved.</p></div></body></html>'''


def govold(a, form):
    b = body(a, form, lambda t: "", "")
    return f'''<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset=euc-kr"><TITLE>중랑가상구 새소식</TITLE></HEAD><BODY><TABLE width=900><TR><TD bgcolor=#336699>{" ".join(f"<A href=m{i}>{m}</A>" for i, m in enumerate(["민원안내", "구정안내", "열린구청", "문화관광", "사이트맵"]))}</TD></TR><TR><TD><TABLE width=100%><TR><TD bgcolor=#eeeeee>제 목</TD><TD><B>{esc(a["title"])}</B></TD></TR><TR><TD bgcolor=#eeeeee>작성자</TD><TD>교통지도과</TD></TR><TR><TD bgcolor=#eeeeee>작성일</TD><TD>2026/11/24</TD></TR><TR><TD colspan=2><BR>{b}<BR></TD></TR><TR><TD bgcolor=#eeeeee>첨부</TD><TD><A href=f>구간도.pdf</A></TD></TR></TABLE><A href=l>[목록보기]</A> <A href=p>[이전글]</A> <A href=n>[다음글]</A></TD></TR><TR><TD>(131-000) 서울시 중랑가상구 가상로 1 / 민원전화 02-0000-0120</TD></TR></TABLE></BODY></HTML>'''


def prices(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "시세통") + f'''<body><header><div class="logo">시세통</div><nav><a>농산물</a><a>축산물</a><a>수산물</a><a>환율</a></nav></header><div class="ticker"><span>환율 1,412.30</span><span>휘발유 1,689</span><span>금 182,300</span></div><main class="board"><div class="post"><h1>{esc(a["title"])}</h1><p class="meta">시세통 편집팀 | 2026.11.25 07:10 | 공유 | 스크랩</p><div class="post-body">{b}</div><div class="notice"><p>본 자료는 참고용이며 실제 거래가격과 다를 수 있습니다. 투자나 거래의 책임은 이용자에게 있습니다.</p></div><div class="like">추천 14 | 신고</div></div><div class="next"><h4>다른 시세 보기</h4><ul>{links(["11월 24일 주요 농산물 도매시세", "11월 23일 주요 농산물 도매시세", "주간 축산 동향: 한우 강세", "주간 수산 동향: 고등어 풍년"])}</ul></div></main><footer>시세통 앱 다운로드 | 이용약관 | 개인정보처리방침</footer></body></html>'''


def corp(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "가상카드 가맹점센터") + f'''<body><div class="gnb"><a>가상카드</a><a>매출조회</a><a>입금조회</a><a>가맹점신청</a><a>고객센터</a></div><div class="cookie">이 사이트는 쿠키를 사용합니다. <button>동의</button></div><div class="content-wrap"><h2>공지사항</h2><div class="notice-view"><div class="notice-tit"><strong>{esc(a["title"])}</strong><span class="date">2026.11.20</span></div><div class="notice-cont">{b}<p>감사합니다.</p></div></div><div class="btn-area"><a>목록으로</a></div><div class="prev-next"><dl><dt>이전</dt><dd><a>부가세 신고용 매출자료 조회 안내</a></dd></dl><dl><dt>다음</dt><dd><a>시스템 점검 안내</a></dd></dl></div></div><div class="footer"><p>고객센터 1500-0000 (평일 09:00 ~ 18:00)</p><p>여신금융협회 심의필 제2026-가상-00000호</p><p>계약을 체결하기 전에 자세한 내용은 상품설명서와 약관을 읽어 보시기 바랍니다.</p></div></body></html>'''


def blog(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "골목 사장 일지") + f'''<body><div id="blog-menu"><a>프롤로그</a><a>블로그</a><a>지도</a><a>안부</a></div><div id="postListBody"><div class="post_top"><a>장사 이야기</a><h3 class="se-title">{esc(a["title"])}</h3><span class="nick">골목사장</span> · <span>2026. 11. 22. 23:14</span> <a>URL 복사</a> <a>이웃추가</a></div><div class="se-main-container">{b}</div><div class="post_tag"><a>#자영업</a> <a>#카페창업</a> <a>#일상</a></div><div class="post_btn"><a>공감 34</a> <a>댓글 3</a></div>{comments(a)}<div class="other"><h4>이 블로그의 다른 글</h4><ul>{links(["간판 바꾼 날", "여름 빙수 메뉴 고민", "첫 알바생을 보내며"])}</ul></div></div><div id="side"><p>동네에서 작은 가게를 합니다. 협찬은 받지 않아요. 이웃 신청은 언제나 환영합니다.</p><ul>{links(["전체보기 (128)", "장사 이야기 (61)", "일상 (67)"])}</ul></div></body></html>'''


def assoc(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "가상시장 상인회") + f'''<body><div class="hd"><a href="/">가상시장 상인회</a><ul>{links(["시장소개", "점포안내", "알림마당", "오시는 길"])}</ul></div><div id="bo_v"><h1 id="bo_v_title">{esc(a["title"])}</h1><div id="bo_v_info">작성자 <strong>관리자</strong> 댓글 <strong>0건</strong> 조회 <strong>52회</strong> 작성일 <strong>26-11-23 14:02</strong></div><div id="bo_v_atc"><h2 class="sound_only">본문</h2><div id="bo_v_con">{b}</div></div><div id="bo_v_share"><a>페이스북</a><a>트위터</a><a>카카오톡</a></div><div id="bo_vc"><h2>댓글목록</h2><p>등록된 댓글이 없습니다.</p></div><div class="bo_v_nb"><a>이전글 주차장 이용 안내</a> <a>다음글 소방 훈련 결과</a></div></div><div class="ft">가상시장 상인회 | 대표 홍길동 | 02-0000-2222 | Copyright © All rights reserved.</div></body></html>'''


def mobile(a, form):
    b = body(a, form, lambda t: f"<p class='rel'>▶ {esc(t)}</p>", "")
    return head(a, "ko", "뉴스제로") + f'''<body class="m"><header><button>메뉴</button><a>뉴스제로</a><button>검색</button></header><article class="v"><h1>{esc(a["title"])}</h1><div class="ts"><time>2시간 전</time> · 오세진 기자 <button>구독</button> <button>듣기</button></div><div class="sum"><strong>AI 요약</strong><p>이 요약은 인공지능이 만들었으며 틀릴 수 있습니다.</p></div><div class="news_cnt_detail_wrap">{b}<p>오세진 기자(sejin@zero.example)</p><p>▶ 뉴스제로 채널 구독하기</p><p>▶ 제보하기: 카카오톡 '뉴스제로' 검색, 채널 추가</p><p>&lt;ⓒ뉴스제로, 무단 전재 및 재배포 금지&gt;</p></div><section class="bt"><h2>지금 뜨는 뉴스</h2><ul>{links(pick(a["name"], RANK, 6))}</ul></section>{comments(a)}</article></body></html>'''


def broken(a, form):
    page = portal(a, form)
    page = page.replace("</div>\n<div class=\"promo\">", "<div class=\"promo\">").replace("</li>", "").replace("<b>", "<b><font color=black>").replace("</body></html>", "")
    return page.replace("<div id=\"container\">", "<div id=container><p><font size=3>", 1).replace("</h2>", "</h3>", 1)


def jsheavy(a, form):
    b = body(a, form, lambda t: "", "")
    script = "<script>" + "var w=[" + ",".join(f'{{"id":{i},"t":"{t}"}}' for i, t in enumerate(MENU * 30)) + "];for(var i=0;i<w.length;i++){if(w[i].id<3){document.write('<p>'+w[i].t+'</p>');}}</script>"
    return head(a, "ko", "페이데일리", script) + f'''<body><div id="app">{script}<div class="css-1a2b3c"><div class="css-9z8y7x">{links(MENU, "span")}</div><div class="css-q1w2e3"><h1 class="css-t0">{esc(a["title"])}</h1><div class="css-m0"><span>핀테크</span><span>2026.11.25</span><span>남궁솔 기자</span></div><div class="css-b0">{b}</div><div class="css-r0"><p>남궁솔 기자 sol@pay.example</p><p>저작권자 © 페이데일리, 무단 전재-재배포, AI 학습 및 활용 금지</p></div><div class="css-x0">{links(pick(a["name"], RANK, 5), "div")}</div></div></div></div>{script}<noscript>자바스크립트를 켜야 이 사이트를 모두 볼 수 있습니다.</noscript></body></html>'''


def enpaper(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "en", "The Hanbit Times") + f'''<body><header><a>The Hanbit Times</a><nav>{links(["National", "Business", "Culture", "Sports", "Opinion"], "span")}</nav><a>Subscribe</a><a>Log in</a></header><main><article><h1>{esc(a["title"])}</h1><p class="byline">By <a>Lee Ha-eun</a></p><p class="date">Published : Nov. 26, 2026 - 14:05:11</p><div class="share-tools"><a>Share</a><a>Link copied</a><a>Print</a></div><div class="article-text">{b}<p>(haeun@hanbit.example)</p></div><div class="tags"><a>#Seoul</a><a>#business</a></div></article><div class="newsletter"><h4>Get our morning briefing</h4><p>Sign up and we will send the five stories you need to know every weekday.</p></div><section class="most-read"><h3>Most Popular</h3><ol>{links(pick(a["name"], EN_RANK, 5))}</ol></section>{comments(a, True)}</main><footer><p>Copyright The Hanbit Times. All rights reserved. No part may be reproduced without permission.</p></footer></body></html>'''


def wp(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "en", "Scissors and Ink") + f'''<body class="single"><header class="site-header"><p class="site-title">Scissors and Ink</p><ul class="menu">{links(["Home", "About", "Shop diary", "Contact"])}</ul></header><div id="primary"><main><article class="post hentry"><header class="entry-header"><h1 class="entry-title">{esc(a["title"])}</h1><div class="entry-meta">Posted on November 20, 2026 by barber</div></header><div class="entry-content">{b}<div class="sharedaddy"><h3>Share this:</h3><ul><li>Twitter</li><li>Facebook</li></ul></div><div id="jp-relatedposts"><h3>Related</h3><p>A chair by the window</p><p>Why I stopped taking walk-ins</p></div></div><footer class="entry-footer">Posted in <a>Shop diary</a> Tagged <a>bookings</a></footer></article><nav class="post-navigation"><a>Previous: Winter hours</a><a>Next: New clippers</a></nav>{comments(a, True)}</main></div><aside class="widget-area"><section><h2>Recent Posts</h2><ul>{links(["Winter hours", "New clippers", "The price list"])}</ul></section></aside><footer>Proudly powered by WordPress</footer></body></html>'''


def encorp(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "en", "PayVirtual Status") + f'''<body><nav><a>Products</a><a>Pricing</a><a>Docs</a><a>Sign in</a></nav><div class="container"><a>All notices</a><h1>{esc(a["title"])}</h1><div class="status-badge">Scheduled</div><div class="body markdown">{b}</div><div class="helpful"><p>Was this page helpful?</p><button>Yes</button><button>No</button></div></div><footer><ul>{links(["Privacy", "Terms", "Careers"])}</ul><p>(c) 2026 PayVirtual Inc.</p></footer></body></html>'''


# The furniture of the pages that are held back: none of it stands around a page that was looked at.
def tribune(a, form):
    b = body(a, form, lambda t: f'<section class="ab-related"><a href="#"><em>이어 읽기</em> {esc(t)}</a></section>', "")
    return head(a, "ko", "뉴스온") + f'''<body><div class="u-skip"><a>메뉴 건너뛰기</a></div><div class="hd-wrap"><div class="hd-date">2026년 11월 26일 목요일</div><ul>{links(MENU[2:])}</ul></div><div class="ab-head"><em class="cate">산업</em><h1 class="headline">{esc(a["title"])}</h1><div class="ab-by"><a>문가람</a> <a>서지우</a> <span>등록 2026-11-26 06:00</span> <span>읽는 시간 2분</span></div><div class="ab-tools"><button>글자크기</button><button>북마크</button><button>기사 듣기</button><button>공유</button></div></div><div class="ab-body"><div class="text">{b}<section><p>문가람 서지우 기자 garam@newson.example</p></section><section><p>[뉴스온 무단전재 및 재배포 금지]</p></section><section><p>뉴스온은 여러분의 제보를 기다립니다. 전화 02-0000-3333, 전자우편 jebo@newson.example</p></section></div></div><div class="ab-reply"><h2>독자 의견 2</h2>{"".join(f'<dl><dt>독자{i}</dt><dd>{esc(c)}</dd></dl>' for i, c in enumerate(pick(a["name"] + "k", COMMENTS, 2)))}</div><div class="ab-best"><h2>실시간 주요기사</h2><ul>{links(pick(a["name"] + "b", RANK, 6))}</ul></div><div class="ab-opt"><h2>에디터 추천</h2>{"".join(f"<div><strong>{esc(t)}</strong><p>지금 이 소식이 궁금하다면 눌러 보세요.</p></div>" for t in pick(a["name"] + "o", RANK, 2))}</div><div class="ft-wrap"><p>뉴스온 | 서울시 가상구 | 편집인 문가람 | 기사배열책임자 서지우</p></div></body></html>'''


def wire(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "가상통신") + f'''<body><table width="100%"><tr><td><a>가상통신</a></td><td><a>속보</a> <a>정치</a> <a>경제</a> <a>전국</a></td></tr></table><div class="story-wrap"><h1>{esc(a["title"])}</h1><p class="upd">송고시간 2026-11-26 10:20</p><div class="rep"><img src="r.jpg"><strong>백승호 기자</strong><button>구독</button><button>이전 화면으로</button></div><div class="story" style="white-space:pre-line">(서울=가상통신) 백승호 기자 = {b}baek@vnews.example

제보는 카카오톡 okvnews

&lt;저작권자(c) 가상통신, 무단 전재-재배포 금지, AI 학습 및 활용 금지&gt;
2026/11/26 10:20 송고
</div></div><div class="hot"><strong>많이 본 뉴스</strong>{links(pick(a["name"], RANK, 5), "p")}</div><div class="rec"><strong>이 시각 헤드라인</strong>{links(pick(a["name"] + "h", RANK, 4), "p")}</div></body></html>'''


def cityhall(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "모의시청") + f'''<body><a class="skip">본문으로</a><header><h1>모의시청</h1><nav>{links(["시민참여", "시정소식", "생활정보", "조직안내"], "b")}</nav></header><section class="sub"><h2>새소식</h2><div class="sns_share"><button>공유</button><button>인쇄</button></div><div class="view_head"><h3>{esc(a["title"])}</h3><ul><li><span>부서</span> 자원순환과</li><li><span>작성일</span> 2026-11-24</li><li><span>조회</span> 1,022</li></ul></div><div class="view_cont">{b}</div><div class="view_file"><strong>첨부파일</strong><ul><li><a>안내문.pdf (211KB, 다운로드 40회)</a></li></ul></div><ul class="view_nav"><li>다음글 <a>김장 쓰레기 배출 안내</a></li><li>이전글 <a>도로 열선 설치 공사 알림</a></li></ul><div class="manager"><p>콘텐츠 관리부서: 홍보담당관 (전화 031-000-0000)</p><p>이 페이지의 정보에 만족하시나요?</p></div></section><footer><p>모의시청 (00000) 경기도 모의시 모의로 1</p><p>개인정보처리방침 저작권정책 뷰어다운로드</p></footer></body></html>'''


def fish(a, form):
    b = body(a, form, lambda t: "", "")
    return f'''<!doctype html><html><head><meta charset=utf-8><title>{esc(a["title"])}</title></head><body><div><div><a>수산물 알리미</a> <a>오늘</a> <a>어제</a> <a>차트</a></div><div><div><h2>{esc(a["title"])}</h2></div><div class="d">{b}</div><div><small>자료: 가상수협 / 갱신 2026-11-26 06:40 / 이 자료를 퍼 갈 때는 출처를 밝혀 주세요</small></div></div><div><h5>알림 설정</h5><p>원하는 어종의 시세를 아침마다 문자로 받아 보세요.</p><button>설정하기</button></div><div>문의 help@fish.example</div></div></body></html>'''


def bankpage(a, form):
    b = body(a, form, lambda t: "", "")
    en = a["name"].startswith("hen")
    w = ("Notices", "Posted", "Back to list", "Need help? Chat with us around the clock.", "Merchant Center") if en else ("새소식", "등록일", "목록", "도움이 필요하신가요? 챗봇에게 24시간 물어보세요.", "사장님광장")
    return head(a, "en" if en else "ko", w[4]) + f'''<body><div role="banner"><span>{w[4]}</span></div><div role="navigation"><a>{w[0]}</a><a>FAQ</a></div><div role="main"><div class="card"><div class="card-header"><h4>{esc(a["title"])}</h4><small>{w[1]} 2026.11.23</small></div><div class="card-body">{b}</div><div class="card-footer"><a>{w[2]}</a></div></div><div class="card chat"><p>{w[3]}</p></div></div><div role="contentinfo"><p>© 2026 {w[4]}</p></div></body></html>'''


def letter(a, form):
    b = body(a, form, lambda t: "", "")
    return f'''<html><head><meta charset="utf-8"><title>{esc(a["title"])}</title></head><body bgcolor="#f4f4f4"><table width="100%"><tr><td align="center"><table width="620"><tr><td align="right"><a>웹에서 보기</a></td></tr><tr><td><h1>{esc(a["title"])}</h1></td></tr><tr><td style="padding:20px">{b}</td></tr><tr><td><a>의견 보내기</a> <a>지난 레터 보기</a></td></tr><tr><td><small>이 메일은 수신에 동의하신 분께 보내 드립니다. 더 받지 않으시려면 <a>수신거부</a>를 눌러 주세요.</small></td></tr></table></td></tr></table></body></html>'''


def brunchy(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "ko", "글마당") + f'''<body><div class="cover"><h1>{esc(a["title"])}</h1><p class="by">by <a>가위손</a> Nov 21. 2026</p></div><div class="wrap_body">{b}</div><div class="wrap_keyword"><a>미용실</a><a>예약</a><a>자영업</a></div><div class="author"><strong>가위손</strong><em>헤어디자이너</em><p>머리를 자르고 글을 씁니다. 구독자 812</p><button>구독하기</button></div><div class="cmt_wrap"><strong>댓글 2</strong><ul>{"".join(f"<li><b>독자</b><p>{esc(c)}</p></li>" for c in pick(a["name"], COMMENTS, 2))}</ul></div><div class="similar"><h3>비슷한 글</h3>{links(pick(a["name"] + "z", RANK, 3), "div")}</div></body></html>'''


def gazette(a, form):
    b = body(a, form, lambda t: "", "")
    return head(a, "en", "Seoul Gazette") + f'''<body><div class="masthead"><a>Seoul Gazette</a><a>Newsletters</a><a>Podcasts</a><a>Donate</a></div><div class="story-shell"><p class="kicker">Markets</p><h1>{esc(a["title"])}</h1><p class="dek-credit">Words by Min Seo-yeon | 3 min read | Nov 26, 2026</p><div class="story-copy">{b}</div><div class="signup"><p>Enjoyed this story? Join 12,000 readers and get one like it every Sunday.</p><input><button>Join</button></div><div class="more"><h2>Read next</h2>{links(pick(a["name"], EN_RANK, 3), "p")}</div><div class="discussion"><h2>Join the discussion</h2>{"".join(f'<div class="entry"><b>reader{i}</b><p>{esc(c)}</p></div>' for i, c in enumerate(pick(a["name"], EN_COMMENTS, 2)))}</div></div><footer><p>Seoul Gazette is an independent publication. Terms. Privacy.</p></footer></body></html>'''


def read(path):
    out = []
    for line in path.read_text().splitlines():
        if line.startswith("@ "):
            _, name, template, form, enc = line.split()
            out.append(dict(name=name, template=template, form=form, enc=enc, lines=[], title=""))
        elif line.startswith("# "):
            out[-1]["title"] = line[2:]
        elif line:
            out[-1]["lines"].append(line)
    return out


def expected(a):
    rows = [f"# {a['title']}"]
    for line in a["lines"]:
        if line[:2] in ("! ", "%R", "%A"):
            continue
        if line[0] in "◆■▶◇":
            rows.append("## " + line[1:].strip())
        else:
            rows.append(re.sub(r"^(\||-|>|##) ", "", line).replace(" | ", " "))
    return "\n".join(rows) + "\n"


def main():
    for kind in ("seen", "held"):
        (HERE.parent / kind).mkdir(exist_ok=True)
        for a in read(HERE / f"{kind}.txt"):
            page = globals()[a["template"]](a, a["form"])
            base = HERE.parent / kind / a["name"]
            base.with_suffix(".html").write_bytes(page.encode("cp949" if a["enc"] == "euc-kr" else "utf-8", "xmlcharrefreplace"))
            base.with_suffix(".txt").write_text(expected(a))


main()
