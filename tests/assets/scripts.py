"""A small design and its words in every script, with what each of them makes hard."""

DESIGN = """
format: 1
key: scripts
unit: px
pages:
  - size: [480, 270]
    safe: 16
    mirror: true
    layers:
      - {kind: shape, box: [0, 0, 480, 6], fill: brand.primary}
      - {kind: text, id: head, box: [24, 22, 432, 84], text: {t: head}, font: {weight: 800, size: 28, min: 16, leading: 1.15, balance: true}, colour: "#10131a"}
      - {kind: rich_text, id: body, box: [24, auto, 432, 92], below: head, gap: 8, text: {t: body}, font: {size: 15, min: 10, leading: 1.35}, colour: "#303642"}
      - {kind: text, box: [24, 206, 200, 38], text: {t: button}, valign: middle, font: {weight: 700, size: 14, min: 9}, plate: {fill: brand.primary, radius: 8, pad: [14, 9]}, colour: brand.on_primary}
      - {kind: contact_block, box: [240, 206, 216, 38], lines: [phone, website], separator: " · ", align: end, valign: middle, font: {size: 12, min: 8}, colour: "#303642"}
"""

# Ligatures, stacked accents, marks, conjuncts, joins, lam-alef, points, digits and brackets in both directions.
TEXTS = {
    "en": {
        "head": "Would your office click the first link?",
        "body": "One **harmless** test mail (10 days, from €49) shows it: “waffle, fjord” – 100 % affordable [Wi-Fi 6E].",
        "button": "Book a test",
    },
    "vi": {
        "head": "Nhóm của bạn có nhấp vào liên kết không?",
        "body": "Một email **thử nghiệm** vô hại (10 ngày) sẽ cho biết: Ế, ữ, ặ, ỗ – miễn phí.",
        "button": "Đặt lịch ngay",
    },
    "el": {
        "head": "Θα έκανε κλικ η ομάδα σας;",
        "body": "Ένα **ακίνδυνο** μήνυμα (10 ημέρες, από 49 €) το δείχνει: ΐ, ΰ, ώ – «πραΰς».",
        "button": "Κλείστε δοκιμή",
    },
    "uk": {
        "head": "Чи натисне ваша команда на посилання?",
        "body": "Один **безпечний** лист (10 днів, від 49 €) покаже це: об’єднання, їжак, ґанок, щоб «знати».",
        "button": "Замовити перевірку",
    },
    "ar": {
        "head": "هل سينقر فريقك على الرابط؟",
        "body": "رسالة **اختبار** واحدة (خلال 10 أيام) تكشف ذلك: لا مخاطر، خصم ٥٠٪ على Wi-Fi 6E [الآن]. مُحَمَّدٌ يُجِيبُ.",
        "button": "احجز الاختبار",
    },
    "he": {
        "head": "האם הצוות שלך ילחץ על הקישור?",
        "body": "הודעת **בדיקה** אחת (תוך 10 ימים, 49.90 ₪) מראה זאת: Wi-Fi 6E [מאובטח]. שָׁלוֹם לְכֻלָּם.",
        "button": "הזמינו בדיקה",
    },
    "hi": {
        "head": "क्या आपकी टीम लिंक पर क्लिक करेगी?",
        "body": "एक **हानिरहित** परीक्षण (10 दिन, ₹999) दिखाता है: क्षेत्र, ज्ञान, श्रेष्ठ अर्थ, स्त्री, द्वार, कर्मि, ट्रक।",
        "button": "परीक्षण बुक करें",
    },
    "th": {
        "head": "ทีมของคุณจะคลิกลิงก์นี้หรือไม่",
        "body": "อีเมลทดสอบที่ **ไม่เป็นอันตราย** (10 วัน ฿990) จะแสดงให้เห็น: น้ำที่นี่ ปี่ ผู้ใหญ่ กตัญญู ฐาน",
        "button": "จองการทดสอบ",
    },
    "ja": {
        "head": "そのメール、社内の何人が開きますか？",
        "body": "無害な**訓練メール**（10日間、￥9,800）で分かります。「ガイド」付き、チェックも簡単。直・骨・海。Wi-Fi 6E対応。",
        "button": "テストを予約する",
    },
    "zh-Hans": {
        "head": "您的团队会点击那个链接吗？",
        "body": "一封**无害**的测试邮件（10 天，￥498）就能知道：“直、骨、海、将”。支持 Wi-Fi 6E，马上开始。",
        "button": "预约测试",
    },
    "zh-Hant": {
        "head": "您的團隊會點擊那個連結嗎？",
        "body": "一封**無害**的測試郵件（10 天，NT$1,980）就能知道：「直、骨、海、將」。支援 Wi-Fi 6E，馬上開始。",
        "button": "預約測試",
    },
    "ko": {
        "head": "당신의 팀은 링크를 클릭할까요?",
        "body": "무해한 **테스트 메일**(10일, ₩99,000) 한 통이면 됩니다. 닭, 넋, 값, 쾌적한 Wi-Fi 6E 환경을 확인하세요.",
        "button": "테스트 예약하기",
    },
    "de": {
        "head": "Klickt Ihr Team? 🚀🎣 (1 von 4)",
        "body": "Start 1️⃣2️⃣3️⃣: **Familie** 👨‍👩‍👧‍👦, Daumen 👍🏽, Flagge 🇩🇪🇨🇭, Herz ❤️‍🔥, ☎ 24/7 {a/b} [50 %] „Größe“ שלום (abc) 123.",
        "button": "Los geht’s 🎉",
    },
}
