"""Values for the slots of the sentence templates, all as they are spoken (numbers in words, no digits).

Every function takes a `random.Random`, so that a seed fixes the outcome.
"""

SINO = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"]
NATIVE_ONES = ["", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
NATIVE_TENS = ["", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"]
PHONE_DIGITS = ["공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"]
WEEKDAYS = ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"]

FAMILY = (
    "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 전 홍 고 문 양 손 배 백 허 유 남 심 노 하 곽 성 차 주 우 구 "
    "민 진 지 엄 채 원 천 방 공 현 함 변 염 여 추 도 소 석 선 설 마 길 연 위 표 명 기 반 라 왕 금 옥 육 인 맹 제 모 탁 국 어 은 편 용"
).split()
GIVEN = (
    "민수 영희 철수 지은 민호 수아 서연 서준 지우 하은 도윤 시우 주원 예준 하준 지호 지후 준서 준우 현우 지훈 건우 우진 선우 서진 "
    "민재 현준 연우 유준 정우 승우 승현 시윤 준혁 은우 지환 승민 유진 지원 지민 수빈 채원 다은 예은 지아 윤서 소율 예린 서현 하윤 "
    "민서 수민 유나 은지 혜진 미영 영미 정숙 순자 영자 옥순 말순 춘자 정희 경희 명숙 미경 은주 현주 은영 미정 수진 선영 지영 혜영 "
    "동현 성민 성호 재현 상훈 영수 영호 정호 광수 종수 병철 상철 기영 태영 태현 진우 진영 한별 가람 보람 슬기 나래 아름 다솜 하늘 "
    "용준 규민 규리 세영 세훈 원빈 윤아 윤호 인호 재석 종국 창민 찬호 태희 하나 형준 호준 홍기 효주 희진 희선 혁수 필재 봉순 덕수 "
    "길동 갑수 복례 금자 달수 두식 만복 무열 방원 범수 분이 석진 섭 솔 준 진 훈 혁 린 율 설 건 별 은채 채은 해인 해수 향숙 화영 환희"
).split()
ITEMS = (
    "김치찌개 된장찌개 제육볶음 불고기 해물파전 공기밥 소주 맥주 후라이드 양념 반반 간장 순살 콜라 무 치즈볼 비빔밥 냉면 물냉면 비빔냉면 "
    "갈비탕 삼계탕 설렁탕 순두부찌개 부대찌개 떡볶이 순대 김밥 라면 돈가스 칼국수 수제비 만두 짜장면 짬뽕 탕수육 볶음밥 오징어볶음 "
    "낙지볶음 삼겹살 목살 갈비 닭갈비 닭볶음탕 감자탕 해장국 육개장 콩나물국밥 순댓국 잡채 계란찜 계란말이 김치전 파전 막걸리 사이다 "
    "아메리카노 라떼 녹차 식혜 수정과 파스타 피자 샐러드 초밥 우동 회덮밥 생선구이 고등어구이 보쌈 족발 양념치킨 간장치킨 후라이드치킨 "
    "마늘치킨 파닭 치즈스틱 감자튀김 떡국 잔치국수 쫄면 오므라이스 카레 덮밥 불고기정식 한정식 점심특선 모둠회 매운탕 아귀찜 해물찜 곱창 막창 육회"
).split() + ["순살 추가", "무 추가", "반반 치킨", "불고기 정식", "김치 볶음밥", "새우 볶음밥", "돼지 갈비", "소 갈비", "오징어 덮밥"]
COUNTED = ["개", "인분", "마리", "병", "그릇", "접시", "잔", "판", "줄", "세트", "상자", "공기", "캔"]
SERVICES = ["커트", "앞머리 커트", "드라이", "펌", "파마", "염색", "클리닉", "커트와 펌", "매직", "두피 관리", "뿌리 염색", "탈색", "남자 커트",
            "디지털 펌", "볼륨 매직", "붙임 머리", "초진", "재진", "건강검진", "독감 주사", "물리치료", "스케일링", "충치 치료", "네일", "마사지"]
STAFF = ["지은 선생님", "민호 선생님", "수아 선생님", "지은 씨", "민호 씨", "수아 씨", "김 원장님", "박 원장님", "이 원장님", "최 선생님",
         "정 실장님", "유진 실장님", "하나 디자이너님", "태현 디자이너님", "원장님", "실장님", "지은 쌤", "민호 디자이너", "수아 디자이너", "은주 선생님"]
SHOPS = ["행복식당", "별헤어", "소통내과", "구구치킨", "마음복지관", "서울식당", "미소치과", "하늘미용실", "푸른약국", "한빛의원", "대박갈비", "엄마손김밥",
         "제일안과", "우리정형외과", "꽃보다헤어", "바다횟집", "시골밥상", "명가설렁탕", "참좋은병원", "중앙도서관", "비서", "만나분식", "오복정육점", "사랑동물병원"]
CITIES = ["서울", "대전", "부산", "광주", "강릉", "대구", "인천", "울산", "수원", "제주", "전주", "청주", "춘천", "창원"]
DISTRICTS = ["마포구", "유성구", "해운대구", "북구", "강남구", "서초구", "종로구", "동구", "서구", "남구", "중구", "달서구", "연수구", "영등포구", "송파구", "노원구"]
ROADS = ["행복로", "별빛로", "소통대로", "구구로", "마음길", "중앙로", "세종대로", "해변로", "시청로", "대학로", "은행나무길", "장미길", "한강대로", "충장로",
         "평화로", "역전길", "양지로", "테헤란로", "산성로", "문화로"]
QUEUES = ["사회복지팀", "요양팀", "간호사실", "간호데스크", "원무과", "예약실", "고객센터", "영업팀", "총무팀", "상담실"]


def sino(n):
    """A whole number below 10**12 in Sino-Korean words without blanks."""
    if n == 0:
        return "영"
    out = ""
    for unit, size in (("억", 10**8), ("만", 10**4), ("", 1)):
        part = n // size % 10**4
        if part:
            words = "".join(
                ("" if digit == 1 else SINO[digit]) + name
                for digit, name in ((part // 1000, "천"), (part // 100 % 10, "백"), (part // 10 % 10, "십"))
                if digit
            ) + SINO[part % 10]
            out += ("" if words == "일" and unit == "만" else words) + unit
    return out


def native(n):
    """1 to 99 in native words as used before a counter (한, 두, 스무 …)."""
    if n == 20:
        return "스무"
    return NATIVE_TENS[n // 10] + NATIVE_ONES[n % 10]


def clock(r):
    hour = native(r.randint(1, 12)) + " 시"
    half = r.choice(["", "", "", "", " 반", " 반", " 삼십 분", " 십 분", " 이십 분", " 사십 분", " 오십 분", " 십오 분", " 사십오 분"])
    if r.random() < 0.1:
        half = " " + sino(r.randint(1, 59)) + " 분"
    return hour + half


def time(r):
    part = r.choice(["", "", "", "", "오전 ", "오후 ", "저녁 ", "아침 ", "낮 ", "밤 ", "점심 ", "새벽 "])
    if r.random() < 0.04:
        return r.choice(["정오", "자정", "점심때", "저녁때", "퇴근 시간"])
    return part + clock(r)


def month_day(r):
    months = ["일월", "이월", "삼월", "사월", "오월", "유월", "칠월", "팔월", "구월", "시월", "십일월", "십이월"]
    return r.choice(months) + " " + sino(r.randint(1, 31)) + "일"


def date(r):
    kind = r.random()
    if kind < 0.35:
        return r.choice(["오늘", "내일", "모레", "글피", "내일모레", "이번 주말", "다음 주", "크리스마스", "설날", "추석", "어린이날", "다음 달 초", "월말"])
    if kind < 0.65:
        return r.choice(["", "", "이번 주 ", "다음 주 ", "다다음 주 ", "돌아오는 "]) + r.choice(WEEKDAYS)
    if kind < 0.9:
        return month_day(r)
    if kind < 0.96:
        return r.choice(["이번 달 ", "다음 달 ", ""]) + sino(r.randint(1, 31)) + "일"
    return r.choice(["사흘 뒤", "나흘 뒤", "열흘 뒤", "일주일 뒤", "보름 뒤", "이틀 후", "삼 일 뒤", "이 주 뒤"])


def when(r):
    if r.random() < 0.25:
        return date(r) + " " + r.choice(["아침", "점심", "저녁", "오전", "오후", "밤"])
    return date(r) + " " + time(r)


def n_people(r):
    n = r.choice([1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 20, 25, 30])
    kind = r.random()
    if kind < 0.12:
        return r.choice(["혼자", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "열"])
    if kind < 0.25:
        return r.choice([f"어른 {native(r.randint(1, 6))} 명", f"아이 {native(r.randint(1, 4))} 명", f"성인 {native(r.randint(2, 9))} 명",
                         "어른 둘에 아이 하나", "저까지 " + native(n) + " 명", "두세 명", "서너 명", "대여섯 명", "네다섯 명"])
    return (native(n) + r.choice([" 명", " 명", " 명", " 분", " 사람"])) if r.random() < 0.88 else sino(max(n, 10)) + " 명"


def name(r):
    family = r.choice(FAMILY[:24]) if r.random() < 0.7 else r.choice(FAMILY)
    if r.random() < 0.04:
        return r.choice(["남궁", "황보", "선우", "제갈", "독고", "사공"]) + r.choice(GIVEN)
    if r.random() < 0.15:
        return family + "".join(r.choice(GIVEN)[0] for _ in range(2))
    return family + r.choice(GIVEN)


def spelled(r, n):
    return "".join(PHONE_DIGITS[r.randint(0, 9)] for _ in range(n))


def phone(r):
    kind = r.random()
    if kind < 0.75:
        head, groups = "공일공", (4, 4)
    elif kind < 0.85:
        head, groups = r.choice(["공일일", "공일육", "공일구", "공칠공"]), (r.choice([3, 4]), 4)
    elif kind < 0.95:
        head, groups = r.choice(["공이", "공삼일", "공오일", "공사이", "공육이", "공삼삼"]), (r.choice([3, 4]), 4)
    else:
        head, groups = r.choice(["일오", "일육", "일팔"]) + spelled(r, 2), (4,)
    joint = r.choice([" ", " ", " ", "에 ", " 에 "])
    return joint.join([head] + [spelled(r, n) for n in groups])


def count(r):
    if r.random() < 0.15:
        return sino(r.randint(1, 12)) + r.choice([" 인분", "인분"])
    if r.random() < 0.1:
        return r.choice(["하나", "둘", "셋", "넷"])
    return native(r.choice([1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20])) + " " + r.choice(COUNTED)


def minutes(r):
    return sino(r.choice([5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 90, 120, 150, r.randint(1, 180)])) + " 분"


def hours(r):
    return r.choice(["한 시간", "두 시간", "세 시간", "네 시간", "한 시간 반", "두 시간 반", "삼십 분", "다섯 시간", "반나절", "하루"])


def money(r):
    n = r.choice([r.randint(1, 99) * 1000, r.randint(1, 99) * 1000, r.randint(1, 40) * 500, r.randint(1, 30) * 10000, r.randint(1, 9999) * 10])
    return sino(n) + " 원"


def addr(r):
    city, road = r.choice(CITIES), r.choice(ROADS)
    parts = [city, r.choice(DISTRICTS), road, sino(r.randint(1, 199))]
    if r.random() < 0.2:
        parts.append("다시 " + sino(r.randint(1, 30)))
    if r.random() < 0.5:
        parts.append(sino(r.randint(1, 15)) + " 층")
    return " ".join(parts)


def num(r):
    return sino(r.choice([r.randint(1, 9), r.randint(1, 30), r.randint(1, 99)]))


def digits(r):
    return spelled(r, r.randint(3, 8))


SLOTS = {
    "when": when, "date": date, "time": time, "n_people": n_people, "name": name, "phone": phone, "count": count,
    "minutes": minutes, "hours": hours, "money": money, "price": money, "addr": addr, "address": addr, "num": num,
    "number": num, "digits": digits,
    "item": lambda r: r.choice(ITEMS), "menu": lambda r: r.choice(ITEMS), "service": lambda r: r.choice(SERVICES),
    "staff": lambda r: r.choice(STAFF), "wday": lambda r: r.choice(WEEKDAYS), "weekday": lambda r: r.choice(WEEKDAYS),
    "shop": lambda r: r.choice(SHOPS), "queue": lambda r: r.choice(QUEUES), "team": lambda r: r.choice(QUEUES),
    "city": lambda r: r.choice(CITIES),
}
